// Signs samples with ДСТУ 4145-2002 by an implementation that is not ours. How to run it: README.md beside this file.
"use strict";

const crypto = require("crypto");
const fs = require("fs");
const path = require("path");
const { pathToFileURL } = require("url");
const zlib = require("zlib");

const located = (name) => require.resolve(name, { paths: [process.cwd()] });
const installed = (name) => require(located(name));
const jk = installed("jkurwa");
const { SigningCertificateV2 } = installed("jkurwa/lib/spec/rfc5035-certid.js");
const gost89 = installed("gost89");
const BN = installed("bn.js");

const { hash } = gost89.compat.algos();
const KEYS = path.resolve("keys.json");
const WARNING = "Worthless keys of nobody, made for the samples in this folder.";
const CURVE = "DSTU_PB_257";
const VALID = { from: Date.UTC(2024, 0, 1), to: Date.UTC(2044, 0, 1) };
const SIGNED_AT = Date.UTC(2024, 1, 5, 9, 30) / 1000;

// --- DER ---------------------------------------------------------------------------------

function der(tag, ...parts) {
  const content = Buffer.concat(parts);
  if (content.length < 128) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  return Buffer.concat([Buffer.from([tag, 0x82, content.length >> 8, content.length & 255]), content]);
}

function oid(dotted) {
  const [first, second, ...rest] = dotted.split(".").map(Number);
  const bytes = [40 * first + second];
  for (const arc of rest) {
    const digits = [arc & 127];
    for (let left = arc >> 7; left > 0; left >>= 7) digits.unshift((left & 127) | 128);
    bytes.push(...digits);
  }
  return der(0x06, Buffer.from(bytes));
}

// --- certificates ------------------------------------------------------------------------

const AUTHORITY = {
  organizationName: "Демонстраційний надавач довірчих послуг",
  commonName: "Демонстраційний надавач",
  serialNumber: "UA-00000000-2024",
  countryName: "UA",
  localityName: "Зразків",
};

const person = (surname, givenName, tax, edrpou) => ({
  organizationName: "Демонстраційне управління",
  title: "Начальник управління",
  commonName: `${surname} ${givenName}`,
  surname,
  givenName,
  serialNumber: `TINUA-${tax}`,
  countryName: "UA",
  localityName: "Зразків",
  organizationIdentifier: `NTRUA-${edrpou}`,
});

const SIGNERS = {
  head: { surname: "Ковальчук", givenName: "Ірина Зразківна", tax: "1234567890", edrpou: "12345678" },
  stranger: { surname: "Чужий", givenName: "Іван Зразкович", tax: "0987654321", edrpou: "87654321" },
};

const attribute = (type, value) =>
  der(0x30, oid(type), der(0x31, der(0x13, Buffer.from(value, "latin1"))));

function certificate({ serial, subject, key, issuer, issuerKey, extensions }) {
  const identifier = (one) => one.pub().keyid({ hash });
  const tbs = jk.Certificate.createTBS({
    serial: new BN(serial, 16),
    pubkey: key.pub(),
    algorithm: "Dstu4145le",
    sbox: jk.dstszi2010.DEFAULT_SBOX_COMPRESSED,
    curve: CURVE,
    issuer,
    subject,
    valid: VALID,
    usage: "",
    hash,
  });
  tbs.extensions = [
    { extnID: "subjectKeyIdentifier", extnValue: der(0x04, identifier(key)) },
    { extnID: "authorityKeyIdentifier", extnValue: der(0x30, der(0x80, identifier(issuerKey))) },
    ...extensions,
  ];
  return jk.rfc3280.Certificate.encode(
    {
      tbsCertificate: tbs,
      signatureAlgorithm: { algorithm: "Dstu4145le" },
      signature: {
        unused: 0,
        data: der(0x04, issuerKey.sign(hash(jk.Certificate.encodeTBS(tbs)), "le")),
      },
    },
    "der"
  );
}

function makeKeys() {
  const curve = jk.std_curve(CURVE);
  const authorityKey = curve.keygen();
  const write = (name, content) => fs.writeFileSync(path.join(__dirname, `${name}.cer`), content);
  write(
    "authority",
    certificate({
      serial: "2d656d6f0000000000000000000000000000a001",
      subject: AUTHORITY,
      key: authorityKey,
      issuer: AUTHORITY,
      issuerKey: authorityKey,
      extensions: [
        { extnID: "keyUsage", critical: true, extnValue: Buffer.from("03020106", "hex") },
        { extnID: "basicConstraints", critical: true, extnValue: Buffer.from("30030101ff", "hex") },
      ],
    })
  );
  const inHex = (key) => Buffer.from(key.d.buf8()).toString("hex");
  const kept = { warning: WARNING, curve: CURVE, authority: inHex(authorityKey) };
  Object.entries(SIGNERS).forEach(([who, { surname, givenName, tax, edrpou }], place) => {
    const key = curve.keygen();
    kept[who] = inHex(key);
    write(
      who,
      certificate({
        serial: `2d656d6f0000000000000000000000000000b00${place + 1}`,
        subject: person(surname, givenName, tax, edrpou),
        key,
        issuer: AUTHORITY,
        issuerKey: authorityKey,
        extensions: [
          { extnID: "keyUsage", critical: true, extnValue: Buffer.from("030206c0", "hex") },
          {
            extnID: "subjectDirectoryAttributes",
            extnValue: der(
              0x30,
              attribute("1.2.804.2.1.1.1.11.1.4.1.1", tax),
              attribute("1.2.804.2.1.1.1.11.1.4.2.1", edrpou)
            ),
          },
        ],
      })
    );
  });
  fs.writeFileSync(KEYS, `${JSON.stringify(kept, null, 2)}\n`);
}

// --- signatures --------------------------------------------------------------------------

/** A detached CMS over `data` with the signer's certificate in it: CAdES-BES. */
function sign(who, data, hashed = hash) {
  const signer = jk.pkey(CURVE, JSON.parse(fs.readFileSync(KEYS))[who], "hex");
  const cert = jk.Certificate.from_asn1(fs.readFileSync(path.join(__dirname, `${who}.cer`)));
  return new jk.models.Message({
    type: "signedData",
    cert,
    dataHash: hashed(data),
    hash: hashed,
    signTime: SIGNED_AT,
    signer,
  });
}

const KUPYNA = { algorithm: [1, 2, 804, 2, 1, 1, 1, 1, 2, 2, 1] };
const DSTU_WITH_KUPYNA = { algorithm: [1, 2, 804, 2, 1, 1, 1, 1, 3, 6, 1, 1] };

/** The same with Купина-256. jkurwa says ГОСТ 34.311 whatever the hash was, so it is said for it. */
function signWithKupyna(who, data, kupyna) {
  SigningCertificateV2.wrap = ({ tbsCertificate }, certHash) => {
    const issuer = [{ type: "directoryName", value: tbsCertificate.issuer }];
    const issuerSerial = { issuer, serialNumber: tbsCertificate.serialNumber };
    return SigningCertificateV2.encode({ certs: [{ hashAlgorithm: KUPYNA, certHash, issuerSerial }] }, "der");
  };
  const message = sign(who, data, kupyna);
  const { content } = message.wrap;
  content.digestAlgorithms = [KUPYNA];
  content.signerInfos[0].digestAlgorithm = KUPYNA;
  content.signerInfos[0].digestEncryptionAlgorithm = DSTU_WITH_KUPYNA;
  return message;
}

const sha256 = (data) => crypto.createHash("sha256").update(data).digest();

const manifest = (name, digest, method) => `<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
  <asic:SigReference MimeType="application/x-pkcs7-signature" URI="META-INF/signature001.p7s"/>
  <asic:DataObjectReference MimeType="application/pdf" URI="${name}">
    <ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#${method}"/>
    <ds:DigestValue>${digest.toString("base64")}</ds:DigestValue>
  </asic:DataObjectReference>
</asic:ASiCManifest>
`;

/** An ASiC-E container: the document, a manifest with its hash, a CMS over the manifest. */
async function asice(who, name, data, method) {
  let listed, message;
  if (method === "dstu7564-256") {
    const { computeHash } = await import(pathToFileURL(located("@ugla/barvinok-kupyna")));
    const kupyna = (bytes) => computeHash(32, bytes);
    listed = Buffer.from(manifest(name, kupyna(data), method));
    message = signWithKupyna(who, listed, kupyna);
  } else {
    listed = Buffer.from(manifest(name, { gost34311: hash, sha256 }[method](data), method));
    message = sign(who, listed);
  }
  return archive({
    mimetype: Buffer.from("application/vnd.etsi.asic-e+zip"),
    [name]: data,
    "META-INF/ASiCManifest001.xml": listed,
    "META-INF/signature001.p7s": message.as_asn1(),
  });
}

/** A ZIP archive whose parts are stored as they are. */
function archive(parts) {
  const records = [];
  const index = [];
  let offset = 0;
  for (const [name, content] of Object.entries(parts)) {
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0); // version 2.0
    fields.writeUInt16LE(0x0800, 2); // names in UTF-8
    fields.writeUInt16LE(0x5821, 8); // 1 January 2024
    fields.writeUInt32LE(zlib.crc32(content), 10);
    fields.writeUInt32LE(content.length, 14);
    fields.writeUInt32LE(content.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    records.push(Buffer.from("504b0304", "hex"), fields, Buffer.from(name), content);
    index.push(Buffer.from("504b01021400", "hex"), fields, place, Buffer.from(name));
    offset += 30 + Buffer.byteLength(name) + content.length;
  }
  const directory = Buffer.concat(index);
  const end = Buffer.alloc(22);
  end.write("504b0506", "hex");
  end.writeUInt16LE(Object.keys(parts).length, 8);
  end.writeUInt16LE(Object.keys(parts).length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...records, directory, end]);
}

// --- commands ----------------------------------------------------------------------------

const [command, who, source, target, method = "gost34311"] = process.argv.slice(2);
if (command === "keys") makeKeys();
else if (command === "sign") fs.writeFileSync(target, sign(who, fs.readFileSync(source)).as_asn1());
else if (command === "asice")
  asice(who, path.basename(source), fs.readFileSync(source), method).then((made) =>
    fs.writeFileSync(target, made)
  );
else {
  console.error("keys | sign WHO FILE OUT.p7s | asice WHO FILE OUT.asice [gost34311|sha256|dstu7564-256]");
  process.exit(2);
}
