import type { Markup } from '../../markup.js';
import type { Validation } from '../validation.js';

/** The property that a view is of. */
export interface ViewedProperty {
  id: string;
  title: string;
  values: readonly string[];
}

/** How the pictures of one property are made, where the general ones do not do. */
export interface View {
  /** id of the property */
  property: string;
  /** pictures in the place of the general ones; an empty list: none */
  figures(validation: Validation, property: ViewedProperty): readonly (Markup | undefined)[];
  /** what stands below the pictures */
  below?(validation: Validation, property: ViewedProperty): Markup | undefined;
}
