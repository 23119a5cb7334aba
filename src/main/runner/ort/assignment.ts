import koffi from 'koffi';
import type { RunFacts } from '../../../shared/run';
import type { OrtApi, Pointer } from './api';

/**
 * Which execution provider each node of the partitioned graph runs on (`Session_GetEpGraphAssignmentInfo`, needs
 * `session.record_ep_graph_assignment_info`). Nodes are those of the optimised graph, so fused ones count once.
 */
export function readAssignment(api: OrtApi, session: Pointer): NonNullable<RunFacts['assignment']> {
  const list = 'void *(void *, _Out_ void **, _Out_ size_t *)';
  const subgraphs = pointers(api, api.bind('GetEpGraphAssignmentInfo', list), session);
  const nodesOf = api.bind<ListCall>('EpAssignedSubgraphGetNodes', list);
  const nameOf = api.bind<TextCall>('EpAssignedSubgraphGetEpName', 'void *(void *, _Out_ str *)');
  const operatorOf = api.bind<TextCall>('EpAssignedNodeGetOperatorType', 'void *(void *, _Out_ str *)');

  const byProvider = new Map<string, { nodes: number; operators: Set<string> }>();
  for (const subgraph of subgraphs) {
    const provider = text(api, nameOf, subgraph);
    const entry = byProvider.get(provider) ?? { nodes: 0, operators: new Set<string>() };
    for (const node of pointers(api, nodesOf, subgraph)) {
      entry.nodes += 1;
      entry.operators.add(text(api, operatorOf, node));
    }
    byProvider.set(provider, entry);
  }
  return [...byProvider].map(([provider, { nodes, operators }]) => ({
    provider,
    nodes,
    operators: [...operators].sort(),
  }));
}

type ListCall = (owner: Pointer, list: [unknown], count: [number | bigint]) => unknown;
type TextCall = (owner: Pointer, out: [unknown]) => unknown;

function pointers(api: OrtApi, call: ListCall, owner: Pointer): Pointer[] {
  const list: [unknown] = [null];
  const count: [number | bigint] = [0];
  api.check(call(owner, list, count));
  return Number(count[0]) === 0 ? [] : (koffi.decode(list[0], 'void *', Number(count[0])) as Pointer[]);
}

function text(api: OrtApi, call: TextCall, owner: Pointer): string {
  const out: [unknown] = [null];
  api.check(call(owner, out));
  return out[0] as string;
}
