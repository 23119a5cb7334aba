/** Line icons, 16 × 16, drawn in the colour of the text. */
const paths = {
  lab: 'M6 2h4M7 2v4.5L3.2 13a1 1 0 0 0 .9 1.5h7.8a1 1 0 0 0 .9-1.5L9 6.5V2M4.8 10.5h6.4',
  claims: 'M8 2v12M3.5 14h9M8 3.5 3 5l-1.5 4a2.2 2.2 0 0 0 3.6 0zM8 3.5 13 5l1.5 4a2.2 2.2 0 0 1-3.6 0z',
  models: 'M8 1.8 14 5v6l-6 3.2L2 11V5zM2 5l6 3.2L14 5M8 8.2v6',
  runs: 'M2 3.5h12M2 8h12M2 12.5h12M5.5 2v12',
  compare: 'M8 2v12M3 12V7M5.5 12V4.5M10.5 12V6M13 12V9',
  figures: 'M2 2v12h12M4.5 11l3-4 2.5 2 4-5.5',
  machine: 'M4 4h8v8H4zM6.5 1.5V4M9.5 1.5V4M6.5 12v2.5M9.5 12v2.5M1.5 6.5H4M1.5 9.5H4M12 6.5h2.5M12 9.5h2.5',
  export: 'M8 10V2M4.8 5 8 1.8 11.2 5M3 7.5H2v6.5h12V7.5h-1',
  settings: 'M2 4.5h6M11 4.5h3M9.5 3v3M2 11.5h3M8 11.5h6M6.5 10v3',
  plus: 'M8 3v10M3 8h10',
  folder: 'M1.5 4a1 1 0 0 1 1-1h3.6l1.6 1.8h5.8a1 1 0 0 1 1 1V12a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1z',
  copy: 'M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1',
  check: 'M3 8.5 6.5 12 13 4.5',
  close: 'M4 4l8 8M12 4l-8 8',
  bin: 'M2.5 4h11M6 4V2.5h4V4M4 4l.6 9.5h6.8L12 4M6.7 6.5v4.5M9.3 6.5v4.5',
  restore: 'M3 8a5 5 0 1 0 1.6-3.7M4.5 1.5v3h3',
  lock: 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  play: 'M5 3v10l7.5-5z',
  stop: 'M4 4h8v8H4z',
  save: 'M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11',
  more: 'M3 8h.01M8 8h.01M13 8h.01',
  columns: 'M2 2.5h12v11H2zM6 2.5v11M10 2.5v11',
  help: 'M6 6a2 2 0 1 1 2.6 1.9c-.4.2-.6.5-.6 1.1M8 11.5h.01',
} as const;
export type IconName = keyof typeof paths;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
