/** How `Users.fromFile` reads a file. */
export interface UserFileOptions {
  /**
   * The column (.csv) or the property of each object (.json, .yaml) that holds the id. Not used for lists of
   * ids, for maps and for .txt files.
   *
   * @default "id"
   * @example "email"
   */
  readonly id?: string;
  /**
   * The column or property that holds the label, which reviewers read in the plan beside the id.
   *
   * @default "label" where there is such a column or property, else no labels
   * @example "name"
   */
  readonly label?: string;
  /**
   * Accepts a file without a single user. An export that was cut short looks just like "everyone leaves", so
   * this is refused unless it is meant.
   *
   * @default false
   * @example true
   */
  readonly allowEmpty?: boolean;
  /**
   * What stands between two fields of a .csv file.
   *
   * @default ","
   * @example ";"
   */
  readonly delimiter?: string;
}
