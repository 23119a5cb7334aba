const frameworks = '/System/Library/Frameworks';

/** Where macOS has the libraries that the meters read through; they load from its cache, not from disk. */
const paths: Readonly<Record<string, readonly string[]>> = {
  ioreport: ['/usr/lib/libIOReport.dylib'],
  corefoundation: [`${frameworks}/CoreFoundation.framework/CoreFoundation`],
  iokit: [`${frameworks}/IOKit.framework/IOKit`],
  libsystem: ['/usr/lib/libSystem.B.dylib'],
};

export const macLibraryPaths = (name: string): readonly string[] => paths[name] ?? [];
