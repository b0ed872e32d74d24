import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import {
  bitString,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  tagged,
  taggedBytes,
  utcTime,
  utf8String,
  yes,
} from "./der";

/** A certificate and its key, made at start and kept in memory only. */
export interface Certificate {
  readonly der: Uint8Array;
  /** The same certificate as PEM. */
  readonly pem: string;
  readonly privateKeyPem: string;
}

/** The host name that Terraform looks for in the certificate, whatever the network. */
const HOST = "localhost";

/** A minute's grace for clocks, and longer than any run of Terraform. */
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

/** The number by which a certificate says that it is of version 3. */
const VERSION_3 = 2;

/** The first and the sixth of the bits for a key's uses; the last two of the byte do not count. */
const DIGITAL_SIGNATURE_AND_CERT_SIGN = 0b10000100;

/** Which of the kinds of alternative names a DNS name is. */
const DNS_NAME = 2;

/** A fresh self-signed certificate over ECDSA P-256, in the form that Terraform expects of a provider (RFC 5280). */
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
  const name = sequence(setOf(sequence(objectIdentifier(OID.commonName), utf8String(HOST))));
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
    extension(OID.subjectAltName, sequence(taggedBytes(DNS_NAME, Buffer.from(HOST)))),
  );
}

function extension(id: string, value: Uint8Array, critical?: "critical"): Buffer {
  return sequence(objectIdentifier(id), ...(critical ? [yes()] : []), octetString(value));
}

/** Sixteen random bytes, positive and without a leading zero, as DER wants its integers. */
function serialNumber(): Uint8Array {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}

function minutesFrom(now: Date, minutes: number): Buffer {
  return utcTime(new Date(now.getTime() + minutes * 60_000));
}

function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
