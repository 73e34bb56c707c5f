/**
 * Programs that stand in a template: inline code, user data, commands of a build or a document. Nobody reads a program
 * as it will run; what is looked for is what it says of where it sends and what it writes to.
 */

const COMMENT_LINE = /^[ \t]*(?:#(?!!)|\/\/).*$|^[ \t]*\/\*[\s\S]*?\*\//gm
const JOINED_LITERALS = /(["'`])\s*\+\s*(["'`])/g

/** A program without its comments, and with `"us-" + "east-1"` put together. */
export const spokenPartOf = (program: string): string =>
  (program.includes('\n') ? program.replace(COMMENT_LINE, '') : program).replace(JOINED_LITERALS, '')

const sameCommand = String.raw`[^\n|;&]{0,2000}`
const web = String.raw`(?<=["'\s])(https?:\/\/[^\s"']+)`

/** Commands with something to send, and the address they send it to. */
const SENDING_COMMANDS: readonly RegExp[] = [
  new RegExp(
    String.raw`\bcurl\b(?=${sameCommand}\s(?:-[dTF]|--data\S*|--form|--upload-file|--json|(?:-X|--request)\s*P(?:OST|UT))\b)${sameCommand}?${web}`,
    'g',
  ),
  new RegExp(String.raw`\bwget\b(?=${sameCommand}\s--(?:post|body)-(?:file|data)\b)${sameCommand}?${web}`, 'g'),
  new RegExp(String.raw`\b(?:azcopy|az|gsutil|gcloud)\s${sameCommand}?(?<=["'\s])((?:https?|gs):\/\/[^\s"']+)`, 'g'),
  new RegExp(
    String.raw`\b(?:scp|rsync|sftp)\s${sameCommand}?[\w.-]+@([\w.-]+\.[a-z]{2,}|\d+(?:\.\d+){3})(?=[:\s"']|$)`,
    'g',
  ),
]

/** Python and JavaScript that send a body to somebody. */
const SENDS = /\.(?:post|put|patch)\s*\(|["'`](?:POST|PUT|PATCH)["'`]|[(,]\s*data\s*=(?!=)/

const ADDRESSES_IN_CODE: readonly RegExp[] = [
  /["'`](https?:\/\/[^\s"'`]+)/g,
  /\bHTTPS?Connection\(\s*["']([\w.-]+\.[a-z]{2,})/g,
  /\bhost(?:name)?["']?\s*[:=]\s*["'`]([\w.-]+\.[a-z]{2,})["'`]/g,
]

const matchesOf = (patterns: readonly RegExp[], text: string): string[] =>
  patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, found = '']) => found))

/** URLs and hosts that a program sends something to. */
export const addressesSentTo = (program: string): string[] => {
  const spoken = spokenPartOf(program)
  return [...matchesOf(SENDING_COMMANDS, spoken), ...(SENDS.test(spoken) ? matchesOf(ADDRESSES_IN_CODE, spoken) : [])]
}

const bucket = String.raw`((?:⟦[^⟧]*⟧|[^/\s"'⟦⟧])+)`
const flags = String.raw`(?:\s+-[\w-]+(?:=\S+)?){0,12}`

/** Commands that write to a bucket; of `aws s3 cp from to` it is the second place. */
const WRITING_COMMANDS: readonly RegExp[] = [
  new RegExp(String.raw`\baws\s+s3\s+(?:cp|mv|sync)${flags}\s+["']?[^\s"']+["']?${flags}\s+["']?s3:\/\/${bucket}`, 'g'),
  new RegExp(
    String.raw`\baws\s+s3api\s+(?:put-object|copy-object|upload-part|create-multipart-upload)\b${sameCommand}?\s--bucket[\s=]+["']?${bucket}`,
    'g',
  ),
]

/** SQL that writes its answer to a bucket. */
const WRITING_QUERIES: readonly RegExp[] = [
  /\bUNLOAD\b[\s\S]{1,2000}?\bTO\s+\\*'s3:\/\/((?:⟦[^⟧]*⟧|[^/\s"'⟦⟧])+)/gi,
  /\bexternal_location\s*=\s*\\*'s3:\/\/((?:⟦[^⟧]*⟧|[^/\s"'⟦⟧])+)/gi,
  /\bINTO\s+OUTFILE\s+S3\s+\\*'s3:\/\/((?:⟦[^⟧]*⟧|[^/\s"'⟦⟧])+)/gi,
]

/** Calls of the SDKs that write an object. */
const WRITES = /put_?object|copy_?object|upload_?(?:file|part)|create_?multipart|lib-storage|\.(?:upload|copy)\(/i

const BUCKETS_IN_CODE: readonly RegExp[] = [
  /\bBucket["']?\s*[:=]\s*["'`]([a-z0-9.-]{3,63})["'`]/g,
  /\bBucket\(\s*["']([a-z0-9.-]{3,63})["']/g,
  /\bupload_file(?:obj)?\(\s*[^,\n]{1,200},\s*["']([a-z0-9.-]{3,63})["']/g,
]

/** Buckets that a program writes to by their names. */
export const bucketsWrittenTo = (program: string): string[] => {
  const spoken = spokenPartOf(program)
  return [
    ...matchesOf([...WRITING_COMMANDS, ...WRITING_QUERIES], spoken),
    ...(WRITES.test(spoken) ? matchesOf(BUCKETS_IN_CODE, spoken) : []),
  ]
}
