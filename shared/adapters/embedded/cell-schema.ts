/** Raised with each change of the tables; a file of a later version is refused, one of an earlier is brought up by CELL_CHANGES. */
export const SCHEMA_VERSION = 2

/** TEXT keys compare as bytes of UTF-8 (BINARY collation): the order that DynamoDB gives sort keys. */
export const CELL_TABLES = `
CREATE TABLE records (
  partition TEXT NOT NULL, sort TEXT NOT NULL, body TEXT NOT NULL, version INTEGER NOT NULL, expires_at TEXT,
  PRIMARY KEY (partition, sort)
) WITHOUT ROWID;
CREATE INDEX records_by_expiry ON records (expires_at) WHERE expires_at IS NOT NULL;

-- files: names and sizes of the files that hold the bytes, in order; rows of copied objects share them.
CREATE TABLE objects (
  bucket TEXT NOT NULL, key TEXT NOT NULL, bytes INTEGER NOT NULL, sha256 TEXT, content_type TEXT NOT NULL,
  files TEXT NOT NULL,
  PRIMARY KEY (bucket, key)
) WITHOUT ROWID;
CREATE INDEX objects_by_files ON objects (files);
CREATE INDEX objects_in_parts ON objects (files) WHERE instr(files, ',') > 0;

CREATE TABLE multiparts (
  id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, content_type TEXT NOT NULL,
  started_at INTEGER NOT NULL, state TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE parts (
  multipart_id TEXT NOT NULL, part_number INTEGER NOT NULL, bytes INTEGER NOT NULL, file TEXT NOT NULL,
  PRIMARY KEY (multipart_id, part_number)
) WITHOUT ROWID;
CREATE INDEX parts_by_file ON parts (file);

CREATE TABLE messages (
  id INTEGER PRIMARY KEY, queue TEXT NOT NULL, message_id TEXT NOT NULL, body TEXT NOT NULL, sent_at INTEGER NOT NULL,
  visible_at INTEGER NOT NULL, receive_count INTEGER NOT NULL DEFAULT 0, first_received_at INTEGER, receipt TEXT,
  interrupted INTEGER NOT NULL DEFAULT 0, sender TEXT NOT NULL DEFAULT '-'
);
CREATE INDEX messages_by_sender ON messages (queue, sender, visible_at);
CREATE UNIQUE INDEX messages_by_receipt ON messages (receipt) WHERE receipt IS NOT NULL;
`

/** From each version to the next, the first from 1. Messages that waited before senders had turns share one. */
export const CELL_CHANGES: readonly string[] = [
  `ALTER TABLE messages ADD COLUMN sender TEXT NOT NULL DEFAULT '-';
   DROP INDEX messages_by_visibility;
   CREATE INDEX messages_by_sender ON messages (queue, sender, visible_at);`,
]
