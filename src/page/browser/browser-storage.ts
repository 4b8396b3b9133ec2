/** What a page may keep: for good, or until its tab is closed. Where the browser keeps nothing, it lasts as long as the page. */
export const localItems: Storage = openStorage('localStorage');
export const sessionItems: Storage = openStorage('sessionStorage');

function openStorage(name: 'localStorage' | 'sessionStorage'): Storage {
  try {
    const storage = window[name];
    storage.setItem('ambit:probe', '');
    storage.removeItem('ambit:probe');
    return storage;
  } catch {
    // Refused by a setting of the browser, or full: nobody needs to be told.
    return createMemoryStorage();
  }
}

function createMemoryStorage(): Storage {
  const items = new Map<string, string>();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
    clear: () => items.clear(),
    key: (index) => [...items.keys()][index] ?? null,
    get length() {
      return items.size;
    },
  };
}
