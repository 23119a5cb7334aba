import { Button, Group, NumberInput, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Model } from '../../../shared/model';
import { formatCount, formatQuantity } from '../../../shared/units';
import { pickAndImport } from '../../lab/actions';
import { useReady } from '../../lab/session';
import { FailureNote } from '../../parts/FailureNote';
import { putSetting, useSettings } from '../../state/settings';
import { editableDims, shapelessInputs, sizesOfText, withDim, withDims } from './dims';
import { EffectiveMacs } from './EffectiveMacs';
import { rememberMacs } from './pageState';

/** A count takes a moment for a large graph; it starts when typing has paused for so long. */
const pauseMs = 250;

/** MACs of one inference at a batch and at sizes of the free dimensions, counted anew at each change. */
export function ModelCost({ id, model }: { id: string; model: Model | null }) {
  const ready = useReady();
  const { lab } = ready;
  const allDims = useSettings((s) => s.modelDims);
  const own = allDims[id];
  const [batch, setBatch] = useState<number>(1);
  const [asked] = useDebouncedValue({ batch, dims: own ?? {} }, pauseMs);
  const { data, error, isFetching } = useQuery({
    queryKey: ['models', 'show', id, asked],
    queryFn: () => lab.showModel({ model: id, ...asked }),
    placeholderData: keepPreviousData,
  });
  useEffect(() => {
    if (data && asked.batch === 1 && !isFetching) rememberMacs(data.model.id, data.macs.macs);
  }, [data, asked, isFetching]);
  const dims = data ? editableDims(data, own) : [];
  const shapeless = shapelessInputs(model?.inputs ?? []);
  const gone = error !== null && dims.length === 0;
  return (
    <section aria-label="Arithmetic of one inference">
      <h3>One inference</h3>
      {error && (
        <FailureNote failure={error}>
          {model && gone && shapeless.length === 0 && (
            <Button mt="xs" variant="default" onClick={() => void pickAndImport(ready, 'files')}>
              Import it …
            </Button>
          )}
        </FailureNote>
      )}
      {shapeless.map((input) => (
        <ShapeField
          key={input}
          input={input}
          change={(sizes) => putSetting('modelDims', withDims(allDims, id, { ...own, ...sizes }))}
        />
      ))}
      {!gone && (
        <>
          <p className="tw-models-macs" role="status">
            {data && !error ? (
              data.macs.macs === null ? (
                <span className="tw-warn">MACs are not known. {data.macs.missingReason}</span>
              ) : (
                <>
                  <strong className="tw-num" title={`${formatCount(data.macs.macs)} multiply-accumulates`}>
                    {formatQuantity(data.macs.macs)}
                  </strong>{' '}
                  MACs at batch {asked.batch}
                </>
              )
            ) : (
              !error && <span className="tw-muted">Counting …</span>
            )}
          </p>
          {data && !error && data.macs.macs !== null && <EffectiveMacs macs={data.macs} />}
          {data && data.macs.unknownOperators.length > 0 && (
            <p className="tw-models-text">
              Operators that the count does not know: {data.macs.unknownOperators.join(', ')}.
            </p>
          )}
          <div className="tw-models-dims">
            <NumberInput
              label="Batch"
              min={1}
              max={65536}
              clampBehavior="strict"
              allowDecimal={false}
              value={batch}
              onChange={(value) => setBatch(typeof value === 'number' && value >= 1 ? value : 1)}
            />
            {dims
              .filter((dim) => !dim.followsBatch)
              .map(({ key, places, size }) => (
                <NumberInput
                  key={key}
                  label={key}
                  title={places.join('; ')}
                  min={0}
                  max={1e9}
                  clampBehavior="strict"
                  allowDecimal={false}
                  placeholder={String(size)}
                  value={own?.[key] ?? ''}
                  onChange={(value) =>
                    putSetting(
                      'modelDims',
                      withDim(allDims, id, key, typeof value === 'number' ? value : null),
                    )
                  }
                />
              ))}
          </div>
          {dims.some((dim) => !dim.followsBatch) && (
            <Group gap="xs" mt={6}>
              <span className="tw-muted">Free dimensions; an empty field keeps the size that it shows.</span>
              {own && (
                <Button variant="subtle" onClick={() => putSetting('modelDims', withDims(allDims, id, {}))}>
                  Reset
                </Button>
              )}
            </Group>
          )}
        </>
      )}
      {gone && own && (
        <Button mt="xs" variant="default" onClick={() => putSetting('modelDims', withDims(allDims, id, {}))}>
          Forget the sizes set for this model
        </Button>
      )}
    </section>
  );
}

/** The sizes of an input whose file declares no shape. */
function ShapeField({ input, change }: { input: string; change(sizes: Record<string, number>): void }) {
  const [text, setText] = useState('');
  const sizes = sizesOfText(input, text);
  return (
    <Group gap="xs" align="flex-end" mt={6} wrap="nowrap">
      <TextInput
        label={`Sizes of ${input}, which declares no shape`}
        placeholder="1, 3, 224, 224"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={text !== '' && sizes === null ? 'Write whole numbers with commas between them.' : undefined}
      />
      <Button variant="default" disabled={sizes === null} onClick={() => sizes && change(sizes)}>
        Set
      </Button>
    </Group>
  );
}
