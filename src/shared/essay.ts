/** Figures of the essay that the lab was asked for: J. Z. Scott, "The Technical Risks to NVIDIA's MarCap are Fundamental", 29 February 2024. */
export const essaySource =
  'Jen Zhu Scott, “The Technical Risks to NVIDIA’s MarCap are Fundamental”, 29 February 2024';

export const essay = {
  brainParameters: 1e14,
  brainPowerW: 30,
  /** "Just under 1,300 MWh". */
  gpt3TrainingWh: 1300e6,
  /** The same energy as a year's electricity of so many US homes. */
  usHomes: 130,
  streamingHourWh: 800,
  gpt3StreamingHours: 1_625_000,
  sambaNovaParameters: 1e12,
} as const;

/** NVIDIA revenue by market, 10⁶ US dollars, as printed in the essay; every column adds up to its printed total. */
export const nvidiaRevenue = {
  quarters: ['Q1 FY23', 'Q2 FY23', 'Q3 FY23', 'Q4 FY23', 'Q1 FY24', 'Q2 FY24', 'Q3 FY24', 'Q4 FY24'],
  markets: {
    'Data Center': [3750, 3806, 3833, 3616, 4284, 10323, 14514, 18404],
    Gaming: [3620, 2042, 1574, 1831, 2240, 2486, 2856, 2865],
    'Professional Visualization': [622, 496, 200, 226, 295, 379, 416, 463],
    Auto: [138, 220, 251, 294, 296, 253, 261, 281],
    'OEM & Other': [158, 140, 73, 84, 77, 66, 73, 90],
  },
  total: [8288, 6704, 5931, 6051, 7192, 13507, 18120, 22103],
} as const;
