/** Whether a model's name is that of the model that answers where no real one is configured. */
export function isOffline(model: string): boolean {
  return model === 'offline model';
}
