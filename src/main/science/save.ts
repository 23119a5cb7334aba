import { join } from 'node:path';
import { writeChunks } from '../models/builders';
import { encodeModel, type Graph } from '../models/writer';
import type { MadeModel } from './tools';

/** Writes a graph into a task's folder, all data in one file. @throws whatever writing a file throws */
export function saveModel(
  folder: string,
  graph: Graph,
  made: Omit<MadeModel, 'file'> & { domains?: Readonly<Record<string, number>> },
): MadeModel {
  const { domains, ...facts } = made;
  const file = `${made.key}.onnx`;
  writeChunks(join(folder, file), encodeModel(graph, { domains }).model());
  return { ...facts, file };
}
