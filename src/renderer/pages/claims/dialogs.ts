import { create } from 'zustand';

/** The dialog that is open over the Claims pages; `own` with null writes a new claim. */
export type ClaimDialog =
  | { kind: 'run'; claim: string }
  | { kind: 'runAll' }
  | { kind: 'predict'; claim: string }
  | { kind: 'own'; claim: string | null };

export const useDialog = create<{ open: ClaimDialog | null }>(() => ({ open: null }));
export const openDialog = (open: ClaimDialog): void => useDialog.setState({ open });
export const closeDialog = (): void => useDialog.setState({ open: null });
