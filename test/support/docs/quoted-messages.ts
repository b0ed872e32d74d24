import { DOCUMENTS, readDocument } from "./documents";

/** A message as a document quotes it. */
export interface QuotedMessage {
  readonly document: string;
  /** With `…` for names and numbers. */
  readonly message: string;
}

/** Messages of Terraform and OpenTofu, as the documents quote them. */
export const OF_THE_ENGINE: readonly string[] = [
  "provider registry.… does not have a provider named terraform.local",
  "could not connect to terraform.local",
  "doesn't match any of the checksums",
  "doesn't match any of the checksums previously recorded",
  "locked provider",
  "locked provider … does not match configured version constraint",
  "-lockfile",
  "the previously-selected version … is no longer available",
  "The -upgrade flag conflicts with -lockfile=readonly",
  "Provider dependency changes detected",
  "Invalid provider configuration … requires explicit configuration",
  "Provider produced inconsistent final plan",
  "Error acquiring the state lock",
  "Failed to read any lines from plugin's stdout",
  "fork/exec … no such file or directory",
  "Plugin did not respond",
  "This object does not have an attribute named",
  "missing header line",
  "are not valid UTF-8",
  "Duplicate object key",
  "argument list too long",
  "Objects have changed outside of …",
];

/** Messages of Terraform 1.13 and later. */
export const OF_NEWER_TERRAFORM: readonly string[] = ["function returned an inconsistent result"];

/** Messages of Node.js for a failed connection, and for a package that needs a newer one. */
export const OF_NODE: readonly string[] = [
  "ECONNREFUSED",
  "ENOTFOUND",
  "markAsUncloneable is not a function",
];

/** Messages that the source composes, and the texts that it inserts them into. */
export const PUT_TOGETHER: Readonly<Record<string, string>> = {
  "… that another set declares": "… … that … declares",
  "… that this set declares": "… … that … declares",
  "more than max_deletions": "… would be …, more than …",
};

/** The messages in the headings of Troubleshooting, and in the first columns of the documents' tables of messages. */
export function quotedMessages(): QuotedMessage[] {
  return DOCUMENTS.flatMap((document) =>
    [...headingsOf(document), ...firstCells(document)]
      .flatMap((place) => [...place.matchAll(/`([^`]+)`/g)])
      .map(([, message = ""]) => ({ document, message })),
  );
}

function headingsOf(document: string): string[] {
  return document === "docs/guides/troubleshooting.md"
    ? (readDocument(document).match(/^### .*$/gm) ?? [])
    : [];
}

function firstCells(document: string): string[] {
  return [...readDocument(document).matchAll(/^\| message +\|.*\n\|[ |-]+\n((?:\|.*\n?)+)/gm)]
    .flatMap(([, rows = ""]) => rows.trimEnd().split("\n"))
    .map((row) => row.split("|")[1] ?? "");
}

/** The parts of a message between its placeholders. */
export function partsOf(message: string): string[] {
  return message
    .split("…")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
