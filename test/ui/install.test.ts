import { copySample } from '../support/copySample';
import { useVsCode } from '../support/vscode';

describe('the packaged extension in a window', () => {
  const code = useVsCode();

  it('says in the status bar what is pending, and shows the database in its view', async () => {
    const window = await code().open(await copySample('shop'));
    await window.waitForStatus(/pending/i);
    await window.openView();
    await window.waitForTree(/shop/);
    await window.screenshot('installed');
  });
});
