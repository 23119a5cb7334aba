const files: Readonly<Record<string, string>> = {
  cfgmgr32: 'cfgmgr32.dll',
  kernel32: 'kernel32.dll',
  powrprof: 'powrprof.dll',
  pdh: 'pdh.dll',
  /** AMD Display Library, of AMD's graphics driver. */
  adl: 'atiadlxx.dll',
  /** Graphics Control Library, of Intel's graphics driver. */
  igcl: 'ControlLib.dll',
};

/** Full paths only, so that no planted DLL is loaded. */
export function windowsLibraryPaths(
  name: string,
  variables: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const file = files[name];
  const { SystemRoot } = variables;
  return file === undefined || !SystemRoot ? [] : [`${SystemRoot}\\System32\\${file}`];
}
