import type { NvmlLibrary } from './nvmlLibrary';
import { decodeValue, fieldValueLayout as layout, nvmlOk } from './nvmlTypes';

export interface FieldRequest {
  id: number;
  scope: number;
}

/** Reads a fixed set of NVML fields into one buffer that it owns. */
export class FieldReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(
    private readonly library: NvmlLibrary,
    private readonly handle: bigint,
    private readonly requests: readonly FieldRequest[],
    private readonly platform: NodeJS.Platform,
  ) {
    this.bytes = new Uint8Array(layout.size * requests.length);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Calls NVML; the code of the call itself. Each field then has its own code. */
  read(): number {
    this.bytes.fill(0);
    this.requests.forEach(({ id, scope }, i) => {
      this.view.setUint32(i * layout.size + layout.fieldId, id, true);
      this.view.setUint32(i * layout.size + layout.scopeId, scope, true);
    });
    return this.library.fn('fieldValues')(this.handle, this.requests.length, this.bytes);
  }

  result(index = 0): number {
    return this.view.getInt32(index * layout.size + layout.result, true);
  }

  value(index = 0): bigint | number | null {
    const at = index * layout.size;
    if (this.result(index) !== nvmlOk) return null;
    const type = this.view.getInt32(at + layout.valueType, true);
    return decodeValue(this.view, at + layout.value, type, this.platform);
  }

  /** The driver's own stamp of the value, ns; null where it gives none. */
  timestampNs(index = 0): bigint | null {
    const us = this.view.getBigInt64(index * layout.size + layout.timestampUs, true);
    return us > 0n ? us * 1000n : null;
  }
}
