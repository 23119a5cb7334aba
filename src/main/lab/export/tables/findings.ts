import type { ClaimPart, Criterion, Finding } from '../../../../shared/claim';
import { criterionOf, criterionText } from '../../../../shared/claimWords';
import type { BundleSource } from '../types';
import { claimRowsOf } from './claims';
import {
  columnsOf,
  count,
  explained,
  flag,
  generic,
  oneOf,
  optional,
  ordinal,
  smallTable,
  text,
} from './columns';
import { ucumOf } from './ucum';

interface Row {
  claimId: string;
  part: ClaimPart;
  partIndex: number;
  finding: Finding;
  findingIndex: number;
  /** null where the wording no longer has it. */
  criterion: Criterion | null;
}

const gone = () => 'the wording of the claim names no such criterion';
const unbounded = (what: string) => (r: Row) => (r.criterion === null ? gone() : what);

/** One row per criterion and condition of a claim. */
export const findings = smallTable<Row>(
  {
    name: 'findings',
    title: 'Findings',
    description: 'One row per criterion of a claim in one condition, with the value that was found.',
    primaryKey: ['claim_id', 'part_index', 'finding_index'],
    foreignKeys: [{ fields: ['claim_id'], table: 'claims', to: ['claim_id'] }],
    columns: columnsOf<Row>(
      text('claim_id', 'Go at the claim, see the table claims.', (r) => r.claimId),
      ordinal('part_index', 'Number of the judged question, from 0.', (r) => r.partIndex),
      ordinal('finding_index', 'Number of the finding in it, from 0.', (r) => r.findingIndex),
      text('part', 'Key of the judged question.', (r) => r.part.key),
      optional(text('condition', 'Condition in words.', (r) => r.finding.condition)),
      text('criterion', 'Key of the criterion.', (r) => r.finding.criterion),
      optional(text('quantity', 'What is compared.', (r) => r.criterion?.quantity)),
      optional(text('rule', 'The criterion in words.', (r) => r.criterion && criterionText(r.criterion))),
      optional(
        oneOf(
          'relation',
          ['>=', '<=', 'within'],
          'How value and threshold must stand; within: up to upper.',
          (r) => r.criterion?.relation,
        ),
      ),
      explained('threshold_missing_reason', gone, [
        generic('threshold', 'unit', 'Threshold of the criterion.', (r) => r.criterion?.threshold),
      ]),
      explained('upper_missing_reason', unbounded('only a criterion within two thresholds has one'), [
        generic('upper', 'unit', 'Upper threshold.', (r) => r.criterion?.upper),
      ]),
      explained('refute_at_missing_reason', unbounded('the threshold itself'), [
        generic(
          'refute_at',
          'unit',
          'The negation is taken to hold only beyond this value.',
          (r) => r.criterion?.refuteAt,
        ),
      ]),
      explained('value_missing_reason', (r) => r.finding.missing, [
        generic('value', 'unit', 'What was found.', (r) => r.finding.value?.value),
        generic('low', 'unit', 'Lower end of its 95 % interval.', (r) => r.finding.value?.low),
        generic('high', 'unit', 'Upper end of its 95 % interval.', (r) => r.finding.value?.high),
      ]),
      optional(
        oneOf(
          'interval_method',
          ['by protocol'],
          'The 95 % interval is made as the protocol in the table claims says.',
          (r) => (r.finding.value === null ? null : 'by protocol'),
        ),
      ),
      explained('n_missing_reason', (r) => r.finding.missing, [
        count('n_count', 'Seeds, windows or queries that the value rests on.', (r) => r.finding.n),
      ]),
      optional(
        text(
          'unit',
          'Unit of value, ends and thresholds, a UCUM code.',
          (r) => r.criterion && ucumOf(r.criterion.unit),
        ),
      ),
      oneOf(
        'state',
        ['holds', 'fails', 'undecided', 'missing'],
        'Where the value stands.',
        (r) => r.finding.state,
      ),
      flag('shown_only', 'True where it says something and does not decide.', (r) => r.finding.shownOnly),
    ),
  },
  rowsOf,
);

function rowsOf(source: BundleSource): Row[] {
  return claimRowsOf(source).flatMap(({ run, version }) =>
    (run.outcome?.parts ?? []).flatMap((part, partIndex) =>
      part.findings.map((finding, findingIndex) => ({
        claimId: run.id,
        part,
        partIndex,
        finding,
        findingIndex,
        criterion: criterionOf(version, finding),
      })),
    ),
  );
}
