import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";

/**
 * Node.js reads certificates but cannot make any, so this file writes one in a fixed form, in which only the
 * key, the serial number and the dates differ. It is written by hand because each start of the provider pays
 * for it. `@peculiar/x509` does the same, but loads a general ASN.1 compiler and a reflection polyfill first:
 * 9 ms more of CPU time, where all of Node.js takes 22 ms. A test checks the result with two general X.509
 * parsers.
 */

/** A certificate and its key, made at start and kept in memory only. */
export interface Certificate {
  readonly der: Uint8Array;
  /** The same certificate as PEM. */
  readonly pem: string;
  readonly privateKeyPem: string;
}

/** The host name that Terraform expects in the certificate, whatever the network. */
const HOST = "localhost";

/** Allows for a clock that is a minute off; the validity is longer than any run of Terraform. */
const VALID_FROM_MINUTES_AGO = 1;
const VALID_DAYS = 30;

const OID = {
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  commonName: "2.5.4.3",
  subjectAltName: "2.5.29.17",
  keyUsage: "2.5.29.15",
  basicConstraints: "2.5.29.19",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
} as const;

/** Versions are counted from 0. */
const VERSION_3 = 2;

/** Bits 0 and 5 of the key usage; the last two bits of the byte are unused. */
const DIGITAL_SIGNATURE_AND_CERT_SIGN = 0b10000100;

/** The tag of a DNS name among the alternative names. */
const DNS_NAME = 2;

/**
 * Makes a self-signed certificate over ECDSA P-256, in the form that Terraform expects of a provider (RFC
 * 5280).
 */
export function createCertificate(now = new Date()): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const body = certificateBody(publicKey, now);
  const der = sequence(
    body,
    sequence(objectIdentifier(OID.ecdsaWithSha256)),
    bitString(sign("sha256", body, privateKey)),
  );
  return {
    der,
    pem: pem("CERTIFICATE", der),
    privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function certificateBody(publicKey: KeyObject, now: Date): Buffer {
  // A set of one element, so that DER's order of elements does not matter.
  const name = sequence(element(TAG.set, sequence(objectIdentifier(OID.commonName), utf8String(HOST))));
  return sequence(
    tagged(0, integer(Uint8Array.of(VERSION_3))),
    integer(serialNumber()),
    sequence(objectIdentifier(OID.ecdsaWithSha256)),
    name, // issuer
    sequence(minutesFrom(now, -VALID_FROM_MINUTES_AGO), minutesFrom(now, VALID_DAYS * 24 * 60)),
    name, // subject
    publicKey.export({ type: "spki", format: "der" }),
    tagged(3, extensions()),
  );
}

function extensions(): Buffer {
  return sequence(
    extension(OID.basicConstraints, sequence(yes()), "critical"),
    extension(OID.keyUsage, bitString(Uint8Array.of(DIGITAL_SIGNATURE_AND_CERT_SIGN), 2), "critical"),
    extension(
      OID.extendedKeyUsage,
      sequence(objectIdentifier(OID.serverAuth), objectIdentifier(OID.clientAuth)),
    ),
    extension(OID.subjectAltName, sequence(element(CONTEXT | DNS_NAME, Buffer.from(HOST)))),
  );
}

function extension(id: string, value: Uint8Array, critical?: "critical"): Buffer {
  return sequence(objectIdentifier(id), ...(critical ? [yes()] : []), octetString(value));
}

/** Sixteen random bytes: positive and without a leading zero, as DER requires of an integer. */
function serialNumber(): Uint8Array {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}

function minutesFrom(now: Date, minutes: number): Buffer {
  return utcTime(new Date(now.getTime() + minutes * 60_000));
}

function pem(label: string, der: Uint8Array): string {
  const base64 = Buffer.from(der).toString("base64");
  return `-----BEGIN ${label}-----\n${base64.replace(/.{1,64}/g, "$&\n")}-----END ${label}-----\n`;
}

/**
 * The tags of DER elements (ITU-T X.690), with the bit for constructed ones. Each function below returns a
 * whole element.
 */
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The class of context-specific tags. */
const CONTEXT = 0x80;
const CONSTRUCTED = 0x20;

function sequence(...elements: readonly Uint8Array[]): Buffer {
  return element(TAG.sequence, ...elements);
}

/** The only boolean in use: DER omits a default of false. */
function yes(): Buffer {
  return element(TAG.boolean, Uint8Array.of(0xff));
}

/** @param bytes most significant first, in the shortest form; the first bit is the sign */
function integer(bytes: Uint8Array): Buffer {
  return element(TAG.integer, bytes);
}

/** @param unusedBits the number of unused low bits in the last byte */
function bitString(bytes: Uint8Array, unusedBits = 0): Buffer {
  return element(TAG.bitString, Uint8Array.of(unusedBits), bytes);
}

function octetString(bytes: Uint8Array): Buffer {
  return element(TAG.octetString, bytes);
}

function utf8String(text: string): Buffer {
  return element(TAG.utf8String, Buffer.from(text));
}

/** A time in seconds; only for the years 1950 to 2049, as RFC 5280 requires. */
function utcTime(moment: Date): Buffer {
  const digits = moment.toISOString().replace(/^\d\d|\.\d+|[-:T]/g, "");
  return element(TAG.utcTime, Buffer.from(digits));
}

/** @param dotted such as `2.5.29.17` */
function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(TAG.objectIdentifier, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

function tagged(tag: number, ...elements: readonly Uint8Array[]): Buffer {
  return element(CONTEXT | CONSTRUCTED | tag, ...elements);
}

function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Uint8Array.of(tag, ...lengthOf(content.length)), content]);
}

/** A length below 128 is one byte; before a longer one, a byte gives the number of its bytes. */
function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes = length <= 0xff ? [length] : [length >> 8, length & 0xff];
  return [0x80 | bytes.length, ...bytes];
}

/** Seven bits a byte, most significant first; all bytes but the last have the high bit set. */
function base128(number: number): number[] {
  const bytes = [number & 0x7f];
  for (let rest = Math.floor(number / 128); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.unshift(0x80 | (rest & 0x7f));
  }
  return bytes;
}
