/** Services of type {@code inventory}. */
@org.jspecify.annotations.NullMarked
package com.example.inventory;
