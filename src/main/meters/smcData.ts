/**
 * The 80-byte message of AppleSMC (little-endian, except that keys and types are four letters as one
 * number). Same offsets in every public reader of it; not yet run on a Mac.
 */
export const smcLayout = {
  size: 80,
  key: 0,
  dataSize: 28,
  dataType: 32,
  result: 40,
  command: 42,
  bytes: 48,
} as const;

/** Selector of IOConnectCallStructMethod, and the commands inside the message. */
export const smcSelector = 2;
export const smcCommands = { keyInfo: 9, read: 5 } as const;

export interface SmcValueInfo {
  size: number;
  type: number;
}

/** Four letters as the number that the SMC takes for a key or a type: 'PSTR', 'flt '. */
export function fourLetters(text: string): number {
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.length !== 4) throw new Error(`An SMC key has four letters: "${text}".`);
  return bytes.readUInt32BE(0);
}

/** A question to the SMC; `info` as `keyInfoOf` gave it, when a value is read. */
export function smcQuestion(
  key: string,
  command: keyof typeof smcCommands,
  info: SmcValueInfo | null = null,
): Buffer {
  const message = Buffer.alloc(smcLayout.size);
  message.writeUInt32LE(fourLetters(key), smcLayout.key);
  message.writeUInt32LE(info?.size ?? 0, smcLayout.dataSize);
  message.writeUInt32LE(info?.type ?? 0, smcLayout.dataType);
  message[smcLayout.command] = smcCommands[command];
  return message;
}

/** Size and type of a key's value; null where the SMC does not know the key. */
export function keyInfoOf(answer: Buffer): SmcValueInfo | null {
  if (answer.length < smcLayout.size || answer[smcLayout.result] !== 0) return null;
  const size = answer.readUInt32LE(smcLayout.dataSize);
  const type = answer.readUInt32LE(smcLayout.dataType);
  return size === 0 || size > smcLayout.size - smcLayout.bytes ? null : { size, type };
}

/** A 4-byte float value; null where the answer is an error, the type another, or the value no number. */
export function floatOf(answer: Buffer, info: SmcValueInfo): number | null {
  if (answer.length < smcLayout.size || answer[smcLayout.result] !== 0) return null;
  if (info.size !== 4 || info.type !== fourLetters('flt ')) return null;
  const value = answer.readFloatLE(smcLayout.bytes);
  return Number.isFinite(value) ? value : null;
}
