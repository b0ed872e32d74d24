/** The ids of one id type that are never deleted. */
export class ProtectedIds {
  private readonly texts = new Set<string>();
  private readonly lists = new Set<string>();

  /** @param text an id as `cdk.tf.json` holds it: escaped, or a template that Terraform evaluates */
  public addId(text: string): void {
    this.texts.add(text);
  }

  /** @param expression a Terraform expression that gives a list of ids */
  public addList(expression: string): void {
    this.lists.add(expression);
  }

  /** Sorted, each once. */
  public get ids(): string[] {
    return [...this.texts].sort();
  }

  /** Sorted, each once. */
  public get listExpressions(): string[] {
    return [...this.lists].sort();
  }
}
