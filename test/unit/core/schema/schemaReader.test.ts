import assert from 'node:assert/strict';
import { withoutShadows } from '../../../../src/core/schema/schema';

describe('withoutShadows', () => {
  function left(module: string, ...others: string[]): string[] {
    const table = (name: string) => ({ type: 'table', name, sql: `CREATE TABLE ${name} (x)` });
    const sql = `CREATE VIRTUAL TABLE search USING ${module}(x)`;
    const objects = [{ type: 'table', name: 'search', sql }, ...others.map(table)];
    return withoutShadows(objects).map(({ name }) => name);
  }

  it('leaves out where SQLite’s own modules keep their content, and nothing that is called alike', () => {
    const shadows = ['search_data', 'Search_idx', 'search_content', 'search_config'];
    const found = left('fts5', ...shadows, 'search_log', 'search_data_old', 'searches');
    assert.deepEqual(found, ['search', 'search_log', 'search_data_old', 'searches']);
  });

  it('leaves out all that is called alike where it does not know the module', () => {
    assert.deepEqual(left('vec0', 'search_chunks', 'searches'), ['search', 'searches']);
  });
});
