import { z } from 'zod';

/** A number above zero. */
export const positive = z.number().positive();
/** A number not below zero. */
export const weight = z.number().nonnegative();
/** What the documentation, the JSON Schema and error messages call the unit of a setting. */
export const unit = (name: string) => ({ unit: name });
