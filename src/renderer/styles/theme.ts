import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** Blue of the first series, so that what is active looks like what is measured. Contrast on white: 5.2 (shade 7). */
const blue: MantineColorsTuple = [
  '#eaf4fb',
  '#cfe5f4',
  '#a5cfea',
  '#78b7df',
  '#4fa1d4',
  '#2a8cc8',
  '#117fbf',
  '#0072b2',
  '#005d93',
  '#004a75',
];
const dark: MantineColorsTuple = [
  '#E6E6E6',
  '#CDD1D6',
  '#B8BDC4',
  '#8B929B',
  '#5C646D',
  '#3A4148',
  '#2C3137',
  '#1B1F23',
  '#14171A',
  '#0E1012',
];

/** Calm and dense: small text, square corners, one accent. */
export const theme = createTheme({
  colors: { blue, dark },
  primaryColor: 'blue',
  // White on it has 5.2 in both schemes; a lighter one would need black text in the dark.
  primaryShade: 7,
  fontFamily: "Inter, system-ui, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', monospace",
  fontSizes: { xs: '11.5px', sm: '13px', md: '14px', lg: '16px', xl: '19px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { size: 'md', variant: 'subtle' } },
    TextInput: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs' } },
    MultiSelect: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'xs' } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
    Modal: { defaultProps: { centered: true } },
  },
});
