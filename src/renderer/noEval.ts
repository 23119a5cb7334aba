import { z } from 'zod';

// zod compiles its parsers with new Function where it may; the page's policy forbids it, and asking is a violation.
z.config({ jitless: true });
