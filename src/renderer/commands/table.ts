/**
 * Every command of the page with its keys: handlers, palette and shortcut sheet are all made from this one table.
 * Keys: `mod` is Ctrl, on a Mac Cmd; `g l` is one after the other. `where: 'figure'`: only while a figure has the focus.
 */
export interface CommandInfo {
  label: string;
  group: 'Go to' | 'Measure' | 'Claims' | 'Models' | 'Datasets' | 'Figure' | 'Edit' | 'View';
  keys: readonly string[];
  where?: 'figure';
  /** Not offered in the palette: it makes sense only at the keys. */
  keysOnly?: true;
}

export const commandTable = {
  'go.lab': { label: 'Lab', group: 'Go to', keys: ['g l'] },
  'go.claims': { label: 'Claims', group: 'Go to', keys: ['g c'] },
  'go.models': { label: 'Models', group: 'Go to', keys: ['g m'] },
  'go.runs': { label: 'Runs', group: 'Go to', keys: ['g r'] },
  'go.compare': { label: 'Compare', group: 'Go to', keys: ['g o'] },
  'go.figures': { label: 'Figures', group: 'Go to', keys: ['g f'] },
  'go.machine': { label: 'Machine & meters', group: 'Go to', keys: ['g h'] },
  'go.export': { label: 'Export', group: 'Go to', keys: ['g e'] },
  'go.settings': { label: 'Settings', group: 'Go to', keys: ['g s', 'mod+,'] },
  'run.start': { label: 'Start measuring', group: 'Measure', keys: ['mod+enter'] },
  'run.cancel': { label: 'Cancel the measurement', group: 'Measure', keys: ['mod+.'] },
  'run.quickstart': { label: 'Run the quickstart', group: 'Measure', keys: [] },
  'run.resume': { label: 'Resume the last unfinished experiment', group: 'Measure', keys: [] },
  'trace.freeze': { label: 'Freeze or follow the live trace', group: 'Measure', keys: ['f'] },
  'claims.run': { label: 'Run the claim that is open …', group: 'Claims', keys: [] },
  'claims.runAll': { label: 'Run all nine claims (first look) …', group: 'Claims', keys: [] },
  'claims.predict': { label: 'Write my own prediction …', group: 'Claims', keys: [] },
  'claims.new': { label: 'Write a claim of my own …', group: 'Claims', keys: [] },
  'models.import': { label: 'Import models …', group: 'Models', keys: ['mod+o'] },
  'models.importFolder': { label: 'Import a folder of models …', group: 'Models', keys: ['mod+shift+o'] },
  'models.build': { label: 'Build a ladder …', group: 'Models', keys: [] },
  'sample.load': { label: 'Load the sample dataset', group: 'Models', keys: [] },
  'export.start': { label: 'Export the dataset', group: 'Datasets', keys: [] },
  'export.bring': { label: 'Bring in a bundle …', group: 'Datasets', keys: [] },
  'figure.logX': { label: 'Logarithmic or linear x axis', group: 'Figure', keys: ['x'] },
  'figure.logY': { label: 'Logarithmic or linear y axis', group: 'Figure', keys: ['y'] },
  'figure.table': { label: 'Figure as a table', group: 'Figure', keys: ['t'] },
  'figure.save': { label: 'Save the figure as SVG', group: 'Figure', keys: ['mod+s'] },
  'figure.savePng': { label: 'Save the figure as PNG', group: 'Figure', keys: [] },
  'figure.savePoints': { label: 'Save the plotted points as CSV', group: 'Figure', keys: [] },
  'figure.copyPng': { label: 'Copy the figure as PNG', group: 'Figure', keys: ['mod+shift+c'] },
  'figure.next': {
    label: 'Next point',
    group: 'Figure',
    keys: ['ArrowRight', 'ArrowDown'],
    where: 'figure',
    keysOnly: true,
  },
  'figure.previous': {
    label: 'Previous point',
    group: 'Figure',
    keys: ['ArrowLeft', 'ArrowUp'],
    where: 'figure',
    keysOnly: true,
  },
  'figure.first': { label: 'First point', group: 'Figure', keys: ['Home'], where: 'figure', keysOnly: true },
  'figure.last': { label: 'Last point', group: 'Figure', keys: ['End'], where: 'figure', keysOnly: true },
  'figure.previousSeries': {
    label: 'Previous series',
    group: 'Figure',
    keys: ['['],
    where: 'figure',
    keysOnly: true,
  },
  'figure.nextSeries': {
    label: 'Next series',
    group: 'Figure',
    keys: [']'],
    where: 'figure',
    keysOnly: true,
  },
  'figure.open': {
    label: 'Open the run of the point',
    group: 'Figure',
    keys: ['Enter'],
    where: 'figure',
    keysOnly: true,
  },
  'figure.pin': {
    label: 'Pin the details of the point',
    group: 'Figure',
    keys: ['p'],
    where: 'figure',
    keysOnly: true,
  },
  'figure.zoomIn': { label: 'Zoom in', group: 'Figure', keys: ['+', '='], where: 'figure', keysOnly: true },
  'figure.zoomOut': { label: 'Zoom out', group: 'Figure', keys: ['-'], where: 'figure', keysOnly: true },
  'figure.zoomReset': {
    label: 'Whole figure',
    group: 'Figure',
    keys: ['0'],
    where: 'figure',
    keysOnly: true,
  },
  'edit.undo': { label: 'Undo', group: 'Edit', keys: ['mod+z'] },
  'edit.redo': { label: 'Redo', group: 'Edit', keys: ['mod+shift+z', 'mod+y'] },
  'view.palette': { label: 'Command palette', group: 'View', keys: ['mod+k'], keysOnly: true },
  'view.shortcuts': { label: 'Keyboard shortcuts', group: 'View', keys: ['?'] },
  'view.filter': { label: 'Focus the filter', group: 'View', keys: ['/'] },
  'view.theme': { label: 'Light, dark or system colours', group: 'View', keys: [] },
  'view.escape': {
    label: 'Close, reset zoom, clear the brush',
    group: 'View',
    keys: ['Escape'],
    keysOnly: true,
  },
} as const satisfies Record<string, CommandInfo>;

export type CommandId = keyof typeof commandTable;
export const commandIds = Object.keys(commandTable) as CommandId[];
export const infoOf = (id: CommandId): CommandInfo => commandTable[id];

/** How keys are printed: `Ctrl + K`, `G then L`. Pure. */
export function printKeys(keys: string, mac: boolean): string {
  const names: Record<string, string> = {
    mod: mac ? '⌘' : 'Ctrl',
    shift: mac ? '⇧' : 'Shift',
    enter: 'Enter',
    ArrowRight: '→',
    ArrowLeft: '←',
    ArrowUp: '↑',
    ArrowDown: '↓',
    Escape: 'Esc',
  };
  const stroke = (text: string) =>
    text.length > 1 && text.includes('+')
      ? text
          .split('+')
          .map((part) => names[part] ?? part.toUpperCase())
          .join(' + ')
      : (names[text] ?? (/^[a-z]$/.test(text) ? text.toUpperCase() : text));
  return keys.split(' ').map(stroke).join(' then ');
}
