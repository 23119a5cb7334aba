import { Button, TextInput } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useId, useMemo, useRef, useState } from 'react';
import { isClaimModel, type Model } from '../../../shared/model';
import { formatQuantity } from '../../../shared/units';
import { Icon } from '../../parts/icons';
import { PageLink } from '../../parts/PageLink';
import { isRecipe, matching, modelLabel } from './draft';
import { LadderForm } from './LadderForm';

const rowPx = 26;

/** The lab's models, found by name or family and ticked; ladders that are still to be built are added below. */
export function ModelPicker({
  models,
  names,
  chosen,
  onChange,
}: {
  models: readonly Model[];
  names: ReadonlyMap<string, string>;
  chosen: readonly string[];
  onChange(chosen: string[]): void;
}) {
  const [search, setSearch] = useState('');
  const ids = useMemo(() => new Set(chosen), [chosen]);
  // What claims made is measured by claims; a person finds it on the Models page.
  const listed = useMemo(() => models.filter((m) => !isClaimModel(m) || ids.has(m.id)), [models, ids]);
  const shown = useMemo(() => matching(listed, search), [listed, search]);
  const shownIds = shown.map((m) => m.id);
  const all = shown.length > 0 && shownIds.every((id) => ids.has(id));
  const known = useMemo(() => new Set(models.map((m) => m.id)), [models]);
  const others = chosen.filter((text) => !known.has(text));
  const toggle = (id: string) => onChange(ids.has(id) ? chosen.filter((c) => c !== id) : [...chosen, id]);
  return (
    <fieldset className="tw-field">
      <legend>
        Models <span className="tw-muted">{chosen.length} chosen</span>
      </legend>
      {models.length > 0 && (
        <>
          <div className="tw-row">
            <TextInput
              className="tw-grow"
              placeholder="Find by name or family"
              aria-label="Find models by name or family"
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
            <Button
              variant="default"
              disabled={shown.length === 0}
              onClick={() =>
                onChange(
                  all
                    ? chosen.filter((c) => !shownIds.includes(c))
                    : [...chosen, ...shownIds.filter((id) => !ids.has(id))],
                )
              }
            >
              {all ? 'Clear' : 'Choose'} {search === '' ? 'all' : `these ${shown.length}`}
            </Button>
          </div>
          <ModelList models={shown} chosen={ids} onToggle={toggle} />
        </>
      )}
      {models.length === 0 && (
        <p className="tw-muted tw-flat">
          No model in the lab yet. <PageLink to={{ page: 'models', model: null }}>Import some</PageLink>, or
          add a ladder: its models are built when their turn comes.
        </p>
      )}
      {others.length > 0 && (
        <Others texts={others} names={names} onRemove={() => onChange(chosen.filter((c) => known.has(c)))} />
      )}
      <LadderForm onAdd={(recipes) => onChange([...chosen, ...recipes.filter((r) => !ids.has(r))])} />
    </fieldset>
  );
}

/** A list box of which only the visible rows are drawn: arrows move, Space chooses. */
function ModelList({
  models,
  chosen,
  onToggle,
}: {
  models: readonly Model[];
  chosen: ReadonlySet<string>;
  onToggle(id: string): void;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const prefix = useId();
  const [active, setActive] = useState(0);
  const at = Math.min(active, models.length - 1);
  const rows = useVirtualizer({
    count: models.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 6,
  });
  const move = (to: number) => {
    const next = Math.max(0, Math.min(models.length - 1, to));
    setActive(next);
    rows.scrollToIndex(next);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || models.length === 0) return;
    const moves: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: models.length - 1,
      PageDown: at + 6,
      PageUp: at - 6,
    };
    if (event.key in moves) move(moves[event.key]);
    else if (event.key === ' ' || event.key === 'Enter') onToggle(models[at].id);
    else return;
    event.preventDefault();
  };
  if (models.length === 0) return <p className="tw-muted tw-flat">No model of that name.</p>;
  return (
    <div
      ref={scroller}
      className="tw-models"
      style={{ height: models.length * rowPx + 2 }}
      role="listbox"
      aria-label="Models in the lab"
      aria-multiselectable="true"
      aria-activedescendant={`${prefix}${at}`}
      tabIndex={0}
      onKeyDown={onKey}
    >
      <div role="presentation" style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const model = models[index];
          const selected = chosen.has(model.id);
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list box has the focus and the keys
            <div
              key={model.id}
              tabIndex={-1}
              id={`${prefix}${index}`}
              role="option"
              aria-selected={selected}
              aria-setsize={models.length}
              aria-posinset={index + 1}
              className="tw-model"
              data-active={index === at || undefined}
              style={{ transform: `translateY(${start}px)`, height: rowPx }}
              onClick={() => {
                setActive(index);
                onToggle(model.id);
              }}
            >
              <span className="tw-tick" aria-hidden="true">
                {selected && <Icon name="check" size={12} />}
              </span>
              <span className="tw-model-name" title={model.name}>
                {model.name}
              </span>
              <span className="tw-muted">{model.family}</span>
              <span className="tw-muted">{model.precision}</span>
              <span className="tw-num tw-model-size">
                {model.counts.parameters === null ? '–' : formatQuantity(model.counts.parameters)}
                <span className="tw-sr"> parameters</span>
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Chosen models that are not in the lab: recipes that will be built, and what is gone. */
function Others({
  texts,
  names,
  onRemove,
}: {
  texts: readonly string[];
  names: ReadonlyMap<string, string>;
  onRemove(): void;
}) {
  const recipes = texts.filter(isRecipe);
  const gone = texts.filter((text) => !isRecipe(text));
  const label = (text: string) => modelLabel(text, names);
  const some = (all: readonly string[]) =>
    all.length > 3 ? `${label(all[0])} … ${label(all[all.length - 1])}` : all.map(label).join(', ');
  return (
    <div className="tw-row">
      <span className="tw-grow">
        {recipes.length > 0 && (
          <>
            + {recipes.length} to be built: {some(recipes)}
          </>
        )}
        {gone.length > 0 && <span className="tw-warn"> Not among the lab’s models: {some(gone)}</span>}
      </span>
      <Button variant="subtle" onClick={onRemove}>
        Remove {texts.length === 1 ? 'it' : 'them'}
      </Button>
    </div>
  );
}
