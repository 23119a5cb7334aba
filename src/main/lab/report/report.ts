import { slug } from '../../../shared/text';
import { utcDay } from '../../../shared/utc';
import type { LabReader } from '../../store/reader';
import { identityOf } from '../export/identity';
import { publicReader } from '../export/publicReader';
import { type Identity, redactor } from '../export/redact';
import { reportHtml } from './document';
import { reportFigures } from './figures';
import { gatherReport, type ReportData } from './gather';

/**
 * One HTML file of an experiment, without scripts, outside links and signs of persons. The same lab gives the same bytes.
 * @param text id of the experiment, first digits of it, or its name
 * @param identity whose signs are left out of every text; the account's of this machine unless told
 * @throws LabError not_found, bad_input for a name that is not clear; not_found where nothing of it has ended
 */
export async function experimentReport(
  reader: LabReader,
  text: string,
  identity: Identity = identityOf(null),
): Promise<{ name: string; html: string }> {
  const open = publicReader(reader, redactor(identity));
  const data = await gatherReport(open, text);
  return { name: fileName(data), html: reportHtml(data, await reportFigures(open, data)) };
}

/** `report-c5-sparsity-layers-2026-11-23.html`: plain letters, whatever the experiment is called. */
function fileName({ id, name, createdUnixMs }: ReportData): string {
  return `report-${slug(name, 60) || id.slice(0, 8)}-${utcDay(createdUnixMs)}.html`;
}
