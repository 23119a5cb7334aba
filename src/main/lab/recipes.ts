/** `mlp:1e6`, `cnn:300k:seed=7`: what `models build` takes too. */
export function isRecipe(text: string): boolean {
  return /^(mlp|cnn|decoder):/.test(text);
}
