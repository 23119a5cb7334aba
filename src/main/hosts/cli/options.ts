import { type Command, InvalidArgumentError } from 'commander';
import { createOutput, type Output } from './output';

export interface GlobalOptions {
  lab: string;
  json: boolean;
}

/** The options that every command has, and the output they ask for. */
export function globals(command: Command): { lab: string; output: Output } {
  const { lab, json } = command.optsWithGlobals<GlobalOptions>();
  return { lab, output: createOutput(json) };
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

export function countingNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number, 1 or above.');
  return value;
}

/** Whole number from 0. */
export function seedNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('It must be a whole number, 0 or above.');
  return value;
}

/** `--dim name=size`, repeatable. */
export function keyNumber(text: string, before: Record<string, number> = {}): Record<string, number> {
  const at = text.lastIndexOf('=');
  const value = Number(text.slice(at + 1));
  if (at < 1 || text.slice(at + 1).trim() === '' || !Number.isFinite(value))
    throw new InvalidArgumentError('Write name=number, for example sequence=16.');
  return { ...before, [text.slice(0, at)]: value };
}
