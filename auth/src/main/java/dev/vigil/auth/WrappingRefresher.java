// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.util.Optional;

/** A refresher around another one: what it does not decide itself it passes on. */
public interface WrappingRefresher extends Refresher {
    Refresher inner();

    @Override
    default boolean isUnspent(Grant held) {
        return inner().isUnspent(held);
    }

    @Override
    default void giveUp(Grant refused) {
        inner().giveUp(refused);
    }

    @Override
    default Optional<String> saveAgain(Grant unsaved) {
        return inner().saveAgain(unsaved);
    }
}
