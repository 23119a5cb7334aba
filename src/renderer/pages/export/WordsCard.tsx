import { ActionIcon, Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { type DataLicence, licences, licenceWords } from '../../../shared/bundle';
import { Icon } from '../../parts/icons';
import { noAuthor, type TypedAuthor } from './exportState';
import type { CheckedFormProps } from './form';

/** What the dataset says of itself: title, authors, licence. The only names of persons in it are typed here. */
export function WordsCard({
  form,
  change,
  problems,
  title,
}: CheckedFormProps & {
  /** What is taken where no title is typed; null: not known yet. */
  title: string | null;
}) {
  return (
    <section className="tw-card tw-export-card" aria-label="What it says of itself">
      <h2>What it says of itself</h2>
      <TextInput
        label="Title"
        placeholder={title ?? 'Made of the names of the experiments'}
        value={form.title}
        error={problems.title}
        onChange={(event) => change({ title: event.currentTarget.value })}
      />
      <Textarea
        size="xs"
        label="Description"
        placeholder="What was asked, what was measured, what a reader should know"
        rows={3}
        value={form.description}
        error={problems.description}
        onChange={(event) => change({ description: event.currentTarget.value })}
      />
      <Authors form={form} change={change} problems={problems} />
      <NativeSelect
        size="xs"
        label="Licence"
        description={licenceWords[form.licence]}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        data={[...licences]}
        value={form.licence}
        onChange={(event) => change({ licence: event.currentTarget.value as DataLicence })}
      />
      <TextInput
        label="DOI, once there is one"
        placeholder="10.5281/zenodo.1234567"
        description={problems.doi === undefined && 'Empty: no identifier is written anywhere.'}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        spellCheck={false}
        value={form.doi}
        error={problems.doi}
        onChange={(event) => change({ doi: event.currentTarget.value })}
      />
    </section>
  );
}

const authorFields: { key: keyof TypedAuthor; label: string; placeholder?: string; hint?: string }[] = [
  { key: 'familyNames', label: 'Family names' },
  { key: 'givenNames', label: 'Given names' },
  { key: 'affiliation', label: 'Affiliation' },
  { key: 'orcid', label: 'ORCID', placeholder: '0000-0002-1825-0097', hint: 'Empty: none.' },
];

function Authors({ form, change, problems }: CheckedFormProps) {
  const { authors } = form;
  const put = (i: number, part: Partial<TypedAuthor>) =>
    change({ authors: authors.map((author, k) => (k === i ? { ...author, ...part } : author)) });
  return (
    <fieldset className="tw-fieldset">
      <legend>Authors</legend>
      {authors.length === 0 && <span className="tw-muted">Nobody is named. Add whoever is to be cited.</span>}
      {authors.map((author, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place; it has nothing else of its own
        <fieldset key={i} className="tw-export-author" aria-label={`Author ${i + 1}`}>
          {authorFields.map(({ key, label, placeholder, hint }) => (
            <TextInput
              key={key}
              label={label}
              placeholder={placeholder}
              spellCheck={false}
              autoComplete="off"
              value={author[key]}
              description={problems[`authors.${i}.${key}`] === undefined && hint}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              error={problems[`authors.${i}.${key}`]}
              onChange={(event) => put(i, { [key]: event.currentTarget.value })}
            />
          ))}
          <ActionIcon
            className="tw-export-remove"
            aria-label={`Remove author ${i + 1}`}
            title="Remove this author"
            onClick={() => change({ authors: authors.filter((_, k) => k !== i) })}
          >
            <Icon name="close" size={14} />
          </ActionIcon>
        </fieldset>
      ))}
      <div>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<Icon name="plus" size={12} />}
          disabled={authors.length >= 50}
          onClick={() => change({ authors: [...authors, noAuthor] })}
        >
          Add an author
        </Button>
      </div>
    </fieldset>
  );
}
