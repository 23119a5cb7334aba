/**
 * How the desktop's page gets its port. The page posts `portRequest` to its own window when it listens; the preload
 * answers with `portMessage` and one port in `event.ports`. Asked again, it hands over a new port and the old one ends.
 * A file of its own, without imports: the preload is bundled from it.
 */
export const portRequest = 'thirty-watts:port?';
export const portMessage = 'thirty-watts:port';
