import { ActionIcon, Anchor } from '@mantine/core';
import { summaryOf } from '../../lab/actions';
import { Icon } from '../../parts/icons';
import { useImports } from '../../state/imports';
import { go, hashOfView } from '../../state/view';
import { fileNameOf } from './fileName';

/** Lines of one list at most; a folder of holiday pictures can be long. */
const most = 200;

/** How the last import went, file by file: refused ones first, each with what to do. */
export function ImportResults() {
  const last = useImports((s) => s.last);
  if (last === null) return null;
  const { imported, refused } = last;
  return (
    <section className="tw-card tw-models-import" aria-label="The last import">
      <header>
        <h2>Last import: {summaryOf(last)}</h2>
        <ActionIcon
          aria-label="Close the list of the last import"
          onClick={() => useImports.setState({ last: null })}
        >
          <Icon name="close" size={14} />
        </ActionIcon>
      </header>
      {imported.length + refused.length === 0 && (
        <p>Choose files that end in .onnx, or a folder that holds some.</p>
      )}
      <ul>
        {refused.slice(0, most).map(({ path, failure }) => (
          <li key={path}>
            <strong className="tw-bad">refused</strong> <span title={path}>{fileNameOf(path)}</span>
            <div>{failure.message}</div>
            {failure.remedy && <div className="tw-muted">{failure.remedy}</div>}
          </li>
        ))}
        {imported.slice(0, most).map(({ path, model, alreadyThere }) => (
          <li key={path}>
            <strong className={alreadyThere ? 'tw-muted' : 'tw-good'}>
              {alreadyThere ? 'there already' : 'imported'}
            </strong>{' '}
            <Anchor
              href={hashOfView({ page: 'models', model: model.id })}
              onClick={(event) => {
                event.preventDefault();
                go({ page: 'models', model: model.id });
              }}
            >
              {model.name}
            </Anchor>{' '}
            <span className="tw-muted">from {fileNameOf(path)}</span>
          </li>
        ))}
      </ul>
      {Math.max(imported.length, refused.length) > most && (
        <p className="tw-muted">The first {most} of each are listed.</p>
      )}
    </section>
  );
}
