import type { Provider } from '../../../shared/plan';
import type { OrtApi, Pointer } from './api';

/** Names that SessionOptionsAppendExecutionProvider takes; CUDA has an entry of its own. */
const genericNames: Readonly<Record<Exclude<Provider, 'cpu' | 'cuda'>, string>> = {
  webgpu: 'WebGPU',
  dml: 'DML',
  coreml: 'CoreML',
};

/**
 * Appends the execution provider to session options. Throws LabError with ONNX Runtime's reason where it cannot be
 * had; nothing else is put in its place. (ONNX Runtime itself always adds `cpu` behind it: see the node assignment.)
 */
export function appendProvider(api: OrtApi, options: Pointer, provider: Provider): void {
  if (provider === 'cpu') return;
  if (provider === 'cuda') {
    const create = api.bind<(out: [unknown]) => unknown>(
      'CreateCudaProviderOptions',
      'void *(_Out_ void **)',
    );
    const append = api.bind<(options: Pointer, cuda: Pointer) => unknown>(
      'AppendCudaV2',
      'void *(void *, void *)',
    );
    const cuda = api.made((out) => create(out));
    api.check(append(options, cuda));
    api.bind<(cuda: Pointer) => void>('ReleaseCudaProviderOptions', 'void(void *)')(cuda);
    return;
  }
  const append = api.bind<(...args: unknown[]) => unknown>(
    'AppendExecutionProvider',
    'void *(void *, str, void *, void *, size_t)',
  );
  api.check(append(options, genericNames[provider], null, null, 0));
}
