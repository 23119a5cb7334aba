import { createHash } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { isOrdinary } from './ordinaryWords';

/** Who and where the lab's owner is, as far as this machine knows: what never leaves it. */
export interface Identity {
  /** Names of the account; empty ones are left out. */
  userNames: readonly string[];
  hostNames: readonly string[];
  /** Home and lab folder. */
  folders: readonly string[];
}

/** Text without signs of a person or a place. Idempotent. */
export type Redact = (text: string) => string;

/**
 * Takes out of a text: names of the account and of the machine (whole words), absolute paths, addresses of networks and
 * hardware, e-mail addresses, passwords and keys in web addresses. Serial numbers of graphics devices become pseudonyms
 * that are the same everywhere. Numbers, units, ratios, dates, ids of the lab, names of operators (`/model/layer/MatMul`)
 * and places on a bus (`0000:0b:00.0`) stay. Names that are ordinary words stay too: see `namesLeft`.
 */
export function redactor(identity: Identity): Redact {
  const folders = foldersOf(identity.folders);
  const users = wordsOf(identity.userNames);
  const hosts = wordsOf(identity.hostNames.flatMap(withShort));
  const names = (text: string) => {
    let said = text;
    // A machine's name takes its domain with it: box.example.org.
    if (hosts) said = said.replace(hosts, '<host>').replace(/<host>(?:\.[\p{L}\p{N}-]+)+/gu, '<host>');
    if (users) said = said.replace(users, '<user>');
    return said;
  };
  const plain = (text: string) => {
    let said = text;
    if (folders) said = said.replace(folders, '<path>');
    return names(addresses(paths(said)));
  };
  const once = (text: string) => hardware(webApart(text, plain, (url) => names(addresses(url))));
  const mayHold = (text: string) =>
    /[/\\@:.~]|-[0-9a-f]{2}-|%2F|GPU|MIG|serial/i.test(text) || matches(users, text) || matches(hosts, text);
  return (text) => {
    if (!mayHold(text)) return text;
    let before = text;
    // What is left of one sign can only together with its neighbour look like another: the second pass finds nothing as a rule.
    for (let pass = 0; pass < 8; pass++) {
      const after = once(before);
      if (after === before) break;
      before = after;
    }
    return before;
  };
}

/** Names of account and machine that stay in texts, since they are ordinary words or too short to be told from others. */
export function namesLeft({ userNames, hostNames }: Identity): string[] {
  const all = [...userNames, ...hostNames.flatMap(withShort)].map((n) => n.trim());
  return [...new Set(all)].filter((name) => name !== '' && variants(name).length === 0);
}

const matches = (pattern: RegExp | null, text: string) => pattern !== null && text.search(pattern) >= 0;
const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
/** Scripts that write words without spaces between them. */
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}]/u;

/** The patterns of one name, in either form of its accents; none where it may not be replaced. */
function variants(name: string): string[] {
  const letters = [...name.matchAll(/\p{L}/gu)].length;
  if (letters < (unspaced.test(name) ? 2 : 3) || isOrdinary(name)) return [];
  // A long name is one beside a digit or an underscore too; SAM2 is no user called Sam.
  const edge = unspaced.test(name) ? '' : letters >= 6 ? '\\p{L}' : '\\p{L}\\p{N}';
  return [...new Set([name.normalize('NFC'), name.normalize('NFD')])].map((form) => {
    const core = escaped(form).replace(/\s+/g, '[\\s_.\\\\-]{1,3}');
    return edge ? `(?<![${edge}\\p{M}])${core}(?![${edge}\\p{M}])` : core;
  });
}

/** Longest first, whole names before their parts. */
function wordsOf(names: readonly string[]): RegExp | null {
  const all = names.flatMap((name) => {
    const parts = name.trim().split(/\s+/);
    return parts.length > 1 ? [name.trim(), ...parts] : parts;
  });
  const patterns = [...new Set(all)].toSorted((a, b) => b.length - a.length).flatMap(variants);
  return patterns.length === 0 ? null : new RegExp(patterns.join('|'), 'giu');
}

const withShort = (host: string) => [host, host.split('.')[0] ?? ''];

/** The owner's own folders, wherever they lie, with either slash and to the end of the path. */
function foldersOf(folders: readonly string[]): RegExp | null {
  const own = folders
    .map((folder) => folder.replace(/[\\/]+$/, ''))
    .filter((folder) => folder.length > 2)
    .toSorted((a, b) => b.length - a.length)
    .map((folder) =>
      folder
        .split(/[\\/]+/)
        .map(escaped)
        .join('[\\\\/]{1,4}'),
    );
  if (own.length === 0) return null;
  return new RegExp(`(?<![\\w.\\\\/-])(?:${own.join('|')})(?:(?=[\\\\/])${rest}|(?![\\w-]))`, 'giu');
}

const endings =
  'onnx|data|bin|json|jsonl|csv|tsv|parquet|c?js|mjs|c?ts|tsx|py|so|dylib|dll|exe|sh|txt|md|log|npz|npy|pt|pth|safetensors|gguf|ya?ml|toml|zip|gz|tar|pdf|png|jpe?g|svg|sqlite|db|html?|cpp|hpp|pem|crt|conf|ini';

/**
 * The rest of a path, after its beginning: up to white space, a quote, a bracket, or a colon, comma or semicolon that ends
 * something. A space belongs to it where what follows within four words is a path again and no file name came before.
 */
const piece = String.raw`(?:[^\s"'\x60<>()|*?:,;\x00-\x1f“”‘’]|[:,;](?![\s\d/\\"')]|$)|(?<=\p{L})['’](?=\p{L})|\([^\s()"'<>]{1,80}\))`;
const nameWithEnd = String.raw`\.[A-Za-z][A-Za-z0-9]{0,10}`;
const wordOf = String.raw`(?!-)[^\s/\\"'<>:,;]{1,40}`;
const goesOn = String.raw`${wordOf}(?:[\\/](?=[^\s"'<>]*[\\/])|[\\/](?=[^\s"'<>\\/]*${nameWithEnd}\b))${piece}*`;
const endsIn = String.raw`${wordOf}(?<=\.(?:${endings}))(?![\w])`;
const spaced = `(?:(?<!${nameWithEnd})(?: ${wordOf}){0,3}? (?:${goesOn}|${endsIn})){0,8}`;
const programs = String.raw`(?:[\\/]+Program Files(?: \(x86\))?)?`;
const rest = `${piece}*${spaced}`;

const roots =
  'home|users|root|tmp|var|mnt|opt|etc|usr|srv|media|data|private|volumes|run|proc|sys|dev|nix|snap|scratch|workspaces?|nfs|gpfs|lustre|kaggle|Applications|Library|System';
const begins = String.raw`(?<![\w.\-/\\~]|<(?:path|user|host|address|email|secret)>)`;
/** Below a known root; below the home folder; and any that ends in a file's name, which no operator does. */
const unixPath = new RegExp(
  `(?:${begins}|(?<=(?:^|\\s)-[A-Z]))(?:/{1,4}(?:${roots})/{1,4}(?=[^\\s/])|~/)${rest}`,
  'giu',
);
const filePath = new RegExp(
  String.raw`${begins}(?:/[^\s/"'\x60<>()|*?:,;]{1,255}){1,64}(?<=\.(?:${endings}))(?:\.\d+)*(?![\w/.])`,
  'giu',
);
const drivePath = new RegExp(
  String.raw`(?<![\w])(?:(?<!\\)\\{2,4}[?.]\\{1,2})?[A-Za-z]:(?=[\\/]{1,4}[^\s\\/])${programs}${rest}`,
  'giu',
);
const sharePath = new RegExp(String.raw`(?<![\w\\:])\\{2,4}[\w.$-]{1,255}\\+(?=[^\s\\])${rest}`, 'giu');

/** In quotes a path goes to the closing one, whatever is between. */
const quotedPath = new RegExp(
  String.raw`(?<=["'\x60“‘])(?:/{1,4}(?:${roots})/|~/|[A-Za-z]:[\\/]|\\\\)[^"\x60“”\n]{1,2000}?(?=["'\x60”’](?!\p{L}))`,
  'giu',
);

/** Without a drive; and with slashes as JSON and web addresses may write them. */
const bareWindows = new RegExp(
  String.raw`(?<![\w\\:.])\\{1,2}(?:users|home)\\{1,2}(?=[^\s\\])${rest}`,
  'giu',
);
const codedPath = new RegExp(String.raw`(?:%2F|(?<![\w\\])\\/)(?:${roots})(?:%2F|\\/)[^\s"'&<>]*`, 'giu');

const paths: Redact = (text) =>
  /[/\\]|%2F/i.test(text)
    ? text
        .replace(codedPath, '<path>')
        .replace(quotedPath, '<path>')
        .replace(drivePath, '<path>')
        .replace(sharePath, '<path>')
        .replace(bareWindows, '<path>')
        .replace(unixPath, '<path>')
        .replace(filePath, '<path>')
    : text;

/** Web addresses are taken apart from the rest: they are no paths, but may hold names, passwords and keys. */
const url =
  /(?<![A-Za-z0-9+.-])([a-z][a-z0-9+.-]{1,20}):\/\/((?:[^\s"'`<>\\^{}|]|<(?:user|host|address|secret)>)+)/gi;
const onDisk = /^(?:file|smb|nfs|afp|cifs|sftp|ssh|ftp|ftps|scp|rsync)$/i;
const secretKey =
  /([?&;#][^=&;#\s]{0,40}?(?:token|key|secret|passw(?:or)?d|pwd|auth|sig|signature|credential|session|jwt|code)[^=&;#\s]{0,40}=)(?!<secret>)[^&;#\s]*/gi;

function webApart(text: string, plain: Redact, web: Redact): string {
  if (!text.includes('://')) return plain(text);
  let said = '';
  let at = 0;
  for (const match of text.matchAll(url)) {
    const [whole, scheme = '', place = ''] = match;
    said += plain(text.slice(at, match.index));
    at = match.index + whole.length;
    if (onDisk.test(scheme)) said += '<path>';
    else said += web(`${scheme}://${place.replace(/^[^/?#]*@/, '').replace(secretKey, '$1<secret>')}`);
  }
  return said + plain(text.slice(at));
}

const email =
  /(?<![\w.+%-])[\w.+%-]{1,64}@(?=[^.\s@]*[a-z])[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,6}\.[a-z]{2,24}(?![\w-])/gi;
/** A prompt, or what scp takes: jane@box:~$. */
const login = /(?<![\w.@-])[a-z_][\w-]{0,31}@[a-z][\w-]{0,62}(?=:(?:[~/]|<path>))/gi;
const mac =
  /(?<![\w:-])[0-9a-f]{2}(?::[0-9a-f]{2}){5}(?![\w:-])|(?<![\w:-])(?=[\d-]*[a-f])[0-9a-f]{2}(?:-[0-9a-f]{2}){5}(?![\w:-])/gi;
const ipv4 = /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)/g;
const ipv6 =
  /(?<![\w:.])[0-9a-f:]{0,40}:[0-9a-f:]{1,40}(?:\d{1,3}(?:\.\d{1,3}){3})?(?:%\w{1,20})?(?![\w:])/gi;
const dotted = /(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){1,20}(?![\w-])/g;
const localEnd = /\.(?:local|lan|localdomain|intranet|internal|home\.arpa|fritz\.box|corp)$/i;
/** Four numbers after these words are a version, unless they can only be an address of a home network. */
const versionBefore = /(?:version|driver|release|build)[\s:=]{0,3}$/i;
const homeNetwork = /^(?:192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))\./;

/** Nobody's: this machine itself, or any. */
const isNobodys = (address: string) => /^(?:127\.|0\.0\.0\.0$|255\.255\.255\.255$|::1?$)/.test(address);

const addresses: Redact = (text) => {
  if (!/[@:.-]/.test(text)) return text;
  return text
    .replace(email, '<email>')
    .replace(login, '<user>@<host>')
    .replace(mac, '<address>')
    .replace(ipv6, (found) => (isIPv6(found) && /\d/.test(found) && !isNobodys(found) ? '<address>' : found))
    .replace(ipv4, (found, at: number, whole: string) =>
      isIPv4(found) &&
      !isNobodys(found) &&
      (homeNetwork.test(found) || !versionBefore.test(whole.slice(Math.max(0, at - 12), at)))
        ? '<address>'
        : found,
    )
    .replace(dotted, (found) => (localEnd.test(found) ? '<address>' : found));
};

const device = /(?<![A-Za-z0-9])(GPU|MIG)-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9A-Za-z])/gi;
const serial =
  /\b(serial(?:[ _-]?(?:number|no\.?))?\s{0,3}[:=#]\s{0,3})(?=[A-Z0-9-]{0,30}\d)(?=[A-Z0-9-]{0,30}[A-Z])[A-Z0-9-]{5,40}(?![\w-])/gi;

/** `GPU-<uuid>` → `GPU~<12 hex of its SHA-256>`: machines stay apart and sensors keep agreeing. */
const hardware: Redact = (text) =>
  text
    .replace(device, (_, kind: string, uuid: string) => {
      const hash = createHash('sha256').update(`${kind.toUpperCase()}-${uuid.toLowerCase()}`).digest('hex');
      return `${kind.toUpperCase()}~${hash.slice(0, 12)}`;
    })
    .replace(serial, '$1<serial>');
