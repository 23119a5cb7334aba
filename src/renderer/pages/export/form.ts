import type { ExportForm, Problems } from './exportState';

/** What each part of the form is given. */
export interface FormProps {
  form: ExportForm;
  change(part: Partial<ExportForm>): void;
}
export interface CheckedFormProps extends FormProps {
  problems: Problems;
}
