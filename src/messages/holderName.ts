import type { Holder } from '../core/model';
import { oneLine } from './oneLine';
import type { Translate } from './translate';

/** Names a holder as shortly as people can still tell who it is: `VS Code window “shop”`. */
export function holderName(
  { kind, workspace }: Pick<Holder, 'kind' | 'workspace'>,
  t: Translate,
): string {
  const name = typeof workspace === 'string' ? oneLine(workspace, 80) : '';
  switch (kind) {
    case 'window':
      return name ? t('VS Code window “{name}”', { name }) : t('a VS Code window');
    case 'task':
      return name ? t('a VS Code task in “{name}”', { name }) : t('a VS Code task');
    case 'terminal':
      return name ? t('a terminal in “{name}”', { name }) : t('a terminal');
    default:
      return t('another Lockstep');
  }
}
