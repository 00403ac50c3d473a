/** Writes to the process's two streams; a reader that has gone (`| head`) is no reason to stop. */
export function streams(): { out: (text: string) => void; err: (text: string) => void } {
  return { out: writer(process.stdout), err: writer(process.stderr) };
}

function writer(stream: NodeJS.WriteStream): (text: string) => void {
  let gone = false;
  stream.on('error', () => {
    gone = true;
  });
  return (text) => {
    if (!gone) {
      stream.write(text);
    }
  };
}
