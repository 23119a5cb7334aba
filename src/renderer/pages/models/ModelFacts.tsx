import type { ReactNode } from 'react';
import type { Model, Port } from '../../../shared/model';
import { parentOf } from '../../../shared/transform';
import { formatBytes, formatCount, formatPercent } from '../../../shared/units';
import { CopyButton } from '../../parts/CopyButton';
import { Moment } from '../../parts/dates';
import { Facts } from '../../parts/Facts';
import { shapeText } from './dims';
import { bytesOf, nonzeroShareOf, opsetText } from './modelRows';
import { operatorsText } from './operators';

/** What the lab read in the file when it was imported; stays true when the file is gone. */
export function ModelFacts({ model }: { model: Model }) {
  const { counts } = model;
  const share = nonzeroShareOf(model);
  const facts: [string, ReactNode][] = [
    [
      'Id (SHA-256)',
      <span key="id" className="tw-models-id">
        <code className="tw-mono">{model.id.slice(0, 16)}…</code>
        <CopyButton text={model.id} label="Copy the whole id" />
      </span>,
    ],
    [
      'Parameters',
      counts.parameters === null
        ? `not known: ${counts.parametersMissingReason ?? 'a shape is symbolic'}`
        : formatCount(counts.parameters),
    ],
    ['Non-zero', counts.parametersNonzero === null ? 'not known' : formatCount(counts.parametersNonzero)],
    ['Weight sparsity', share === null ? 'not known' : formatPercent(1 - share)],
    ['Weights', formatBytes(counts.parameterBytes)],
    ['Precision', model.precision],
    ['File', formatBytes(model.fileBytes)],
    [
      'External data',
      model.externalData.length === 0
        ? 'none'
        : `${formatBytes(bytesOf(model) - model.fileBytes)}: ${model.externalData.map((e) => e.location).join(', ')}`,
    ],
    ['Family', model.family],
    ['Recipe', model.recipe ?? 'none: an imported file'],
    ['Licence', licenceText(model)],
    ['Source', model.source ?? 'not named'],
    ['Opsets', opsetText(model.opsets) || 'none declared'],
    ['IR version', model.irVersion ?? 'none declared'],
    ['Producer', model.producer || 'not named'],
    ['Operators', operatorsText(counts.operators)],
    ['Imported', <Moment key="at" unixMs={model.importedUnixMs} />],
  ];
  return (
    <>
      <section aria-label="Inputs and outputs">
        <h3>Inputs and outputs</h3>
        <Ports title="Inputs" ports={model.inputs} />
        <Ports title="Outputs" ports={model.outputs} />
      </section>
      <section aria-label="About the file">
        <h3>About the file</h3>
        <Facts facts={facts} />
      </section>
    </>
  );
}

/** The licence as it was found; nobody judged whether it holds. */
function licenceText({ licence, recipe }: Model): ReactNode {
  if (!licence)
    return recipe === null || parentOf(recipe) !== null ? 'none found' : 'built here, nobody else’s work';
  const first = licence.text.split('\n', 1)[0]!.slice(0, 120);
  const where = licence.from === 'file' ? `file ${licence.name}` : `metadata, ${licence.name}`;
  return (
    <span key="licence" title={licence.text.slice(0, 2000)}>
      {first} ({where})
    </span>
  );
}

function Ports({ title, ports }: { title: string; ports: readonly Port[] }) {
  return (
    <table className="tw-models-ports">
      <thead>
        <tr>
          <th>{title}</th>
          <th>Type</th>
          <th>Shape</th>
        </tr>
      </thead>
      <tbody>
        {ports.length === 0 && (
          <tr>
            <td colSpan={3} className="tw-muted">
              none
            </td>
          </tr>
        )}
        {ports.map(({ name, kind, elemType, shape }) => (
          <tr key={name}>
            <td>{name}</td>
            <td>{kind === 'tensor' ? elemType : kind}</td>
            <td className="tw-mono">{shapeText(shape)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
