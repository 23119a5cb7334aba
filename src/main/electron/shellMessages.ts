/** Every message that the preload sends to the shell. Without imports: the preload is bundled from it. */
export const shellMessages = { port: 'thirty-watts:port', files: 'thirty-watts:files' } as const;
