import { describe, expect, it } from 'vitest';
import { plainOrtMessage } from '../../src/main/runner/plainError';

describe("ONNX Runtime's messages", () => {
  it('keep the innermost node and its complaint', () => {
    const message =
      "Non-zero status code returned while running If node. Name:'If_0' Status Message: Non-zero status code returned while running LSTM node. Name:'rnn/LSTM' Status Message: Input X must have 3 dimensions only";
    expect(plainOrtMessage(message)).toBe('LSTM node rnn/LSTM: Input X must have 3 dimensions only.');
  });

  it('stay as they are where nothing is nested, ended by a full stop', () => {
    expect(plainOrtMessage('Protobuf parsing failed.')).toBe('Protobuf parsing failed.');
    expect(plainOrtMessage('Unknown provider')).toBe('Unknown provider.');
  });

  it('are cut at 600 characters: a model may choose very long names', () => {
    expect(plainOrtMessage('x'.repeat(5000)).length).toBeLessThanOrEqual(601);
  });
});
