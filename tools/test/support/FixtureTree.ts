import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { onTestFinished } from "vitest"

export const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "")

/** A small tree of files in a temporary folder, to let a tool loose on. */
export class FixtureTree {
  readonly root: string

  private constructor(root: string) {
    this.root = root
  }

  /** Makes a tree of these files that lives until `remove`. */
  static async make(files: Readonly<Record<string, string>>): Promise<FixtureTree> {
    const tree = new FixtureTree(await realpath(await mkdtemp(join(tmpdir(), "valerix-tree-"))))
    await tree.write(files)
    return tree
  }

  /** Makes a tree of these files that lives as long as the test that is running. */
  static async forThisTest(files: Readonly<Record<string, string>>): Promise<FixtureTree> {
    const tree = await FixtureTree.make(files)
    onTestFinished(() => tree.remove())
    return tree
  }

  path(name: string): string {
    return join(this.root, name)
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(this.path(name)), { recursive: true })
      await writeFile(this.path(name), text)
    }
  }

  /** Takes files or folders over from the repository. */
  async copy(...names: ReadonlyArray<string>): Promise<void> {
    for (const name of names) await cp(join(REPOSITORY, name), this.path(name), { recursive: true })
  }

  /** Makes names in the tree lead elsewhere: to an absolute path, or to one relative to the link. */
  async link(links: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, target] of Object.entries(links)) {
      await mkdir(dirname(this.path(name)), { recursive: true })
      await symlink(target, this.path(name))
    }
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true })
  }
}
