import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import {
  BitString,
  Boolean as Asn1Boolean,
  Constructed,
  Integer,
  ObjectIdentifier,
  OctetString,
  Primitive,
  Sequence,
  Set as Asn1Set,
  UTCTime,
  Utf8String,
  fromBER,
  type BaseBlock,
} from "asn1js";

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

/** A fresh self-signed certificate over ECDSA P-256, in the form that Terraform expects of a provider (RFC 5280). */
export function createCertificate(now = new Date()): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const body = certificateBody(publicKey, now);
  const signature = sign("sha256", new Uint8Array(body.toBER()), privateKey);
  const der = new Uint8Array(
    sequence(
      body,
      sequence(oid(OID.ecdsaWithSha256)),
      new BitString({ valueHex: new Uint8Array(signature) }),
    ).toBER(),
  );
  return {
    der,
    pem: pem("CERTIFICATE", der),
    privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function certificateBody(publicKey: KeyObject, now: Date): Sequence {
  const name = sequence(
    new Asn1Set({ value: [sequence(oid(OID.commonName), new Utf8String({ value: HOST }))] }),
  );
  return sequence(
    tagged(0, new Integer({ value: 2 })), // version 3
    serialNumber(),
    sequence(oid(OID.ecdsaWithSha256)),
    name, // issuer
    sequence(minutesFrom(now, -VALID_FROM_MINUTES_AGO), minutesFrom(now, VALID_DAYS * 24 * 60)),
    name, // subject
    fromBER(new Uint8Array(publicKey.export({ type: "spki", format: "der" }))).result,
    tagged(3, extensions()),
  );
}

function extensions(): Sequence {
  const digitalSignatureAndCertSign = new BitString({
    unusedBits: 2,
    valueHex: new Uint8Array([0b10000100]),
  });
  return sequence(
    extension(OID.basicConstraints, sequence(new Asn1Boolean({ value: true })), "critical"),
    extension(OID.keyUsage, digitalSignatureAndCertSign, "critical"),
    extension(OID.extendedKeyUsage, sequence(oid(OID.serverAuth), oid(OID.clientAuth))),
    extension(OID.subjectAltName, sequence(dnsName(HOST))),
  );
}

function extension(id: string, value: BaseBlock, critical?: "critical"): Sequence {
  return sequence(
    oid(id),
    ...(critical ? [new Asn1Boolean({ value: true })] : []),
    new OctetString({ valueHex: value.toBER() }),
  );
}

function sequence(...value: BaseBlock[]): Sequence {
  return new Sequence({ value });
}

function oid(value: string): ObjectIdentifier {
  return new ObjectIdentifier({ value });
}

/** An element with a context-specific tag around it. */
function tagged(tagNumber: number, element: BaseBlock): Constructed {
  return new Constructed({ idBlock: { tagClass: 3, tagNumber }, value: [element] });
}

function dnsName(host: string): Primitive {
  return new Primitive({
    idBlock: { tagClass: 3, tagNumber: 2 },
    valueHex: new Uint8Array(Buffer.from(host)),
  });
}

/** Sixteen random bytes, positive and without a leading zero, as DER wants its integers. */
function serialNumber(): Integer {
  const bytes = new Uint8Array(randomBytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return new Integer({ valueHex: bytes });
}

function minutesFrom(now: Date, minutes: number): UTCTime {
  return new UTCTime({ valueDate: new Date(now.getTime() + minutes * 60_000) });
}

function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
