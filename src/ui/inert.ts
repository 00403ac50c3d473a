/**
 * Text of unknown origin for places where VS Code reads `$(name)` as an icon and `[text](address)`
 * as a link, even one that runs a command: both become mere text.
 */
export function inert(text: string): string {
  return text.replaceAll('$(', '$ (').replaceAll('](', '] (');
}
